import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadReports } from '../../src/report/definition/load-reports.ts';
import { commandLine, root } from '../cli/trailwatch.ts';
import { samplePaths } from '../support/local-archive.ts';

const folder = mkdtempSync(join(tmpdir(), 'trailwatch-test-'));
const store = join(folder, 'store');
const reports = (await loadReports(join(root, 'queries'), 'queries')).filter(
  ({ reads, parameters }) => !reads.includes('findings') && parameters.every((one) => one.default !== undefined),
);
/** Their golden files show other values than the defaults. */
const asked = new Set(['access-keys-unused', 'new-behaviour']);

beforeAll(async () => {
  const { code } = await commandLine(['archive', 'import', ...samplePaths, '--store', store]);
  expect(code).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true }));

test.each(reports.filter(({ name }) => !asked.has(name)))(
  '$name is answered by a store as by the files',
  async ({ name }) => {
    const { stdout } = await commandLine(['report', 'run', name, '--archive', store, '--format', 'csv']);
    expect(stdout.replaceAll('\r\n', '\n')).toBe(readFileSync(join(root, `tests/golden/reports/${name}.csv`), 'utf8'));
  },
);

test('findings are not asked of a store, which holds none', async () => {
  const { code, stderr } = await commandLine(['report', 'run', 'findings-by-rule', '--archive', store]);
  expect(code).toBe(2);
  expect(stderr).toContain('has no findings');
});
