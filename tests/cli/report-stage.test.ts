import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startLocalCopy } from '../support/local-copy.ts';
import type { LocalCopy } from '../support/local-copy.ts';
import { commandLine } from './trailwatch.ts';

const names = ['AWS_REGION', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_ENDPOINT_URL_GLUE'];
const before = Object.fromEntries(names.map((name) => [name, process.env[name]]));
let local: LocalCopy;

beforeAll(async () => {
  local = await startLocalCopy([]);
  const values = ['eu-west-1', 'test', 'test', local.glueUrl];
  for (const [index, name] of names.entries()) process.env[name] = values[index];
});
afterAll(async () => {
  await local.close();
  for (const [name, value] of Object.entries(before)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
});

test('a stage that no host logs come to is told as such, before anything is asked', async () => {
  const { code, stderr } = await commandLine(['report', 'run', 'ssh-logins', '--stage', 'dev']);
  expect([code, local.athena.calls]).toEqual([2, []]);
  expect(stderr).toMatch(
    /ssh-logins reads the table host_auth, which stage dev does not have\nDeploy the stage with logGroups/,
  );
});
