import { expect, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { itemKinds, type ItemKind } from '../../src/aws/state-table/keys.ts';
import { dayMs } from '../../src/time/days.ts';
import { root } from '../cli/trailwatch.ts';

/** docs/state-table.md has a row for each kind of item, in the order of the list, and no other. */
test('the table of docs/state-table.md is the list of keys', async () => {
  const page = await readFile(join(root, 'docs/state-table.md'), 'utf8');
  const rows = page
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  expect(rows).toEqual(
    Object.values<ItemKind>(itemKinds).map(({ pk, sk, holds, expires }) => [
      `\`${pk}\``,
      `\`${sk}\``,
      holds,
      expires === 'never' ? 'never' : `${expires.ms > 0 ? `${expires.ms / dayMs} days ` : ''}after ${expires.after}`,
    ]),
  );
});
