import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { packaged } from './stages.ts';

// AWS's own linter, where it is installed: `pip install cfn-lint`.
const installed = spawnSync('cfn-lint', ['--version']).error === undefined;
const stages = ['dev', 'dev with a trail', 'prod of an organization', 'prod with every parameter'] as const;
const forwarded = ['region.yml', 'trail-bucket.yml'];
const forwarding = path.resolve(import.meta.dirname, '../../deploy/forwarding');

const wrong = { Resources: { Q: { Type: 'AWS::SQS::Queue', Properties: { QueName: 'q' } } } };

let folder: string;
/** What CloudFormation would refuse, a line each; all files are linted at once, since cfn-lint is slow to start. */
let errors: readonly string[];

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'trailwatch-lint-'));
  if (!installed) return;
  const write = (name: string, template: object) =>
    writeFileSync(path.join(folder, `${name}.json`), JSON.stringify(template));
  write('wrong', wrong);
  for (const name of stages) write(name, (await packaged(name)).template);
  for (const name of forwarded) copyFileSync(path.join(forwarding, name), path.join(folder, name));
  // Warnings are about taste.
  const args = ['--format', 'parseable', '--ignore-checks', 'W', '--', ...readdirSync(folder)];
  const { stdout, stderr } = spawnSync('cfn-lint', args, { cwd: folder, encoding: 'utf8' });
  errors = (stdout + stderr).split('\n').filter((line) => line !== '');
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true }));

(installed ? describe : describe.skip)('cfn-lint', () => {
  test.each([...stages.map((name) => `${name}.json`), ...forwarded])('finds no error in %s', (file) => {
    expect(errors.filter((line) => line.startsWith(`${file}:`))).toEqual([]);
  });

  test('finds the error of a wrong template, and says nothing else', () => {
    expect(errors).toEqual([expect.stringMatching(/^wrong\.json:.*QueName/)]);
  });
});
