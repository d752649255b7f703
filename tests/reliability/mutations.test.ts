import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { mutate, mutations } from './mutations.ts';

const root = path.resolve(import.meta.dirname, '../..');

test.each(mutations)('the code has one place for the mistake: $name', (mutation) => {
  const code = readFileSync(path.join(root, mutation.file), 'utf8');
  expect(mutate(mutation, code)).not.toBe(code);
});
