import { readFileSync } from 'node:fs';

/** fixture reads one of AWS's shapes, written by hand, from the folder beside this file. */
export function fixture(name: string): Record<string, unknown> {
  return JSON.parse(readFileSync(new URL(`fixtures/${name}.json`, import.meta.url), 'utf8')) as Record<string, unknown>;
}
