import { expect } from '@jest/globals';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../golden');

/**
 * expectGolden compares text with the file of that name under `tests/golden/`. `UPDATE_GOLDEN=1 npx jest …` writes the
 * files; read what changed before it is committed.
 */
export function expectGolden(name: string, text: string): void {
  const file = path.join(root, name);
  if (process.env['UPDATE_GOLDEN'] === '1') {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  expect(existsSync(file) ? readFileSync(file, 'utf8') : `(no file ${name})`).toBe(text);
}
