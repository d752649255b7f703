import { expect, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../cli/trailwatch.ts';
import { tamperedTrails } from '../support/tamperings.ts';

/** docs/verification.md has a row for each kind of tampering that is tried, with what is reported of it. */
test('the table of docs/verification.md is what the tests show', async () => {
  const page = await readFile(join(root, 'docs/verification.md'), 'utf8');
  const table = page.slice(page.indexOf('| what was done'));
  const rows = table
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  const kinds = (problems: readonly string[]): string =>
    problems.length === 0 ? 'no' : [...new Set(problems.map((problem) => `\`${problem.split(' ')[0]}\``))].join(', ');
  const expected = tamperedTrails
    .flatMap(({ tamperings }) => tamperings)
    .map(({ what, awsReports, bucket, copy }) => [
      what,
      awsReports ? 'yes' : 'no',
      kinds(bucket),
      kinds(copy) === kinds(bucket) ? 'same' : kinds(copy),
    ]);
  expect(rows.slice(2)).toEqual(expected);
});
