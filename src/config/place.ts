import { readFile } from 'node:fs/promises';
import { readYamlMap } from '../text/yaml.ts';

/**
 * placeOf finds where configuration files say something: `config/prod.yml:12: rules.levels.x`. Of several files that have the
 * keys the last counts, which replaced the others; files that can't be read are passed over.
 */
export async function placeOf(paths: readonly string[], keys: readonly string[]): Promise<string> {
  // Three keys name a row of a section; what is below them may be written shorter than it is read.
  const row = keys.slice(0, 3);
  for (const path of paths.toReversed()) {
    const text = await readFile(path, 'utf8').catch(() => '');
    const yaml = readYamlMap(text, '');
    if (row.reduce(valueAt, yaml.value) !== undefined) return `${path}:${yaml.lineOf(keys)}: ${keys.join('.')}`;
  }
  return keys.join('.');
}

function valueAt(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return Reflect.get(value, key) as unknown;
}
