import { expect, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { isOf, readControl } from '../../src/model/control.ts';
import { loadReports } from '../../src/report/definition/load-reports.ts';
import { commandLine } from '../cli/trailwatch.ts';

const root = path.resolve(import.meta.dirname, '../..');
interface Listed {
  readonly path: string;
  readonly controls: readonly string[];
}

test('rules/README.md is what `rule list --format markdown` writes', async () => {
  const { stdout: out } = await commandLine(['rule', 'list', '--format', 'markdown']);
  expect(await readFile(path.join(root, 'rules/README.md'), 'utf8')).toBe(out);
});

test('every control that a rule or a report names is of a framework that is known', async () => {
  const { stdout: out } = await commandLine(['rule', 'list', '--format', 'json']);
  const unknown = (JSON.parse(out) as readonly Listed[]).flatMap(({ path: rule, controls }) =>
    controls.filter((control) => readControl(control) === undefined).map((control) => `${rule}: ${control}`),
  );
  expect(unknown).toEqual([]);
  const frameworks = ['CIS-1', 'PCI-1', 'SOC2-CC1', 'NIST-AC-1'].map((control) => readControl(control)?.framework);
  const reports = await loadReports(path.join(root, 'queries'), 'queries');
  for (const { controls } of reports) for (const { framework } of controls) expect(frameworks).toContain(framework);
});

test.each([
  ['a control', 'CIS-4.3', 'CIS-4.3', true],
  ['in another case', 'cis-4.3', 'CIS-4.3', true],
  ['not a longer number', 'CIS-4.1', 'CIS-4.10', false],
  ['a framework', 'CIS', 'CIS-4.3', true],
  ['a framework by its full name', 'PCI DSS', 'PCI-10.2.1', true],
  ['not another framework', 'PCI', 'CIS-4.3', false],
])('--control means %s', (_name, given, control, meant) => {
  expect(isOf(given, control)).toBe(meant);
});
