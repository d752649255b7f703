import { readFileSync } from 'node:fs';
import { projectPath } from './options.ts';

/** version is the one in package.json. */
export function version(): string {
  const { version } = JSON.parse(readFileSync(projectPath('package.json'), 'utf8')) as { readonly version: string };
  return version;
}
