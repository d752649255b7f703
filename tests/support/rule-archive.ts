import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';

/** Rules of others that stand beside a checkout on development machines; tests skip, visibly, where they don't. */
const corpora = path.resolve(import.meta.dirname, '../../../shared/corpora');

export const hasRules = existsSync(path.join(corpora, 'sigmahq_rules'));

export type RuleFiles = readonly (readonly [path: string, text: string])[];

/** readFolder reads the rules of a folder of the corpora. */
export function readFolder(folder: string): RuleFiles {
  const root = path.join(corpora, folder);
  return globSync('**/*.yml', { cwd: root })
    .toSorted()
    .map((file) => [file, readFileSync(path.join(root, file), 'utf8')]);
}

/**
 * readArchive reads every rule of SigmaHQ. A tar archive is a row of 512-byte heads, each with a name and a size in octal
 * digits, and contents filled up to 512. A name longer than 100 characters is the content of an entry before its own.
 */
export function readArchive(): RuleFiles {
  const tar = gunzipSync(readFileSync(path.join(corpora, 'sigmahq_rules/sigmahq_all_rules.tar.gz')));
  const files: [string, string][] = [];
  let longName: string | undefined;
  for (let head = 0; head + 512 <= tar.length;) {
    const text = (from: number, length: number): string =>
      tar.toString('utf8', head + from, head + from + length).split('\0')[0] ?? '';
    const size = Number.parseInt(text(124, 12), 8) || 0;
    const content = tar.toString('utf8', head + 512, head + 512 + size);
    const kind = text(156, 1);
    if (kind === 'L') longName = content.split('\0')[0];
    else if (kind === 'x') longName = /\d+ path=(.*)\n/.exec(content)?.[1];
    else {
      const prefix = text(345, 155);
      const name = (longName ?? `${prefix}${prefix === '' ? '' : '/'}${text(0, 100)}`).replace(/^\.\//, '');
      if (name.endsWith('.yml')) files.push([name, content]);
      longName = undefined;
    }
    head += 512 + Math.ceil(size / 512) * 512;
  }
  return files;
}
