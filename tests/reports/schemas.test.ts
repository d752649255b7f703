import { expect, test } from '@jest/globals';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { commandLine, root } from '../cli/trailwatch.ts';

function validatorOf(name: string) {
  const ajv = new Ajv2020.default({ allErrors: true, allowUnionTypes: true });
  addFormats.default(ajv);
  return ajv.compile(JSON.parse(readFileSync(join(root, 'schemas', name), 'utf8')) as object);
}

const definitions = readdirSync(join(root, 'queries')).filter((file) => file.endsWith('.yml'));
const isReport = validatorOf('report.schema.json');

test.each(definitions)('queries/%s is as the schema for editors says', (file) => {
  isReport(parse(readFileSync(join(root, 'queries', file), 'utf8')));
  expect(isReport.errors ?? []).toEqual([]);
});

test('a run as JSON is as its schema says', async () => {
  const isRun = validatorOf('report-run.schema.json');
  const args = ['report', 'run', 'denied-calls', '--archive', join(root, 'events', 'archive'), '--period', '2026-03'];
  const { stdout } = await commandLine([...args, '--format', 'json']);
  isRun(JSON.parse(stdout));
  expect(isRun.errors ?? []).toEqual([]);
});
