import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { archiveFile, lambdaEvent, queueBody, startLocalLambda, type LocalLambda } from '../functions/local-lambda.ts';
import { sqsEvent } from '../support/sqs-event.ts';
import { unzip } from '../support/unzip.ts';
import type { Packaged } from './packaged.ts';
import { functionKeys } from './stage-of.ts';
import { packaged as packagedStage } from './stages.ts';

let packaged: Packaged;
let lambda: LocalLambda;
let tasks: string;

beforeAll(async () => {
  tasks = mkdtempSync(path.join(tmpdir(), 'trailwatch-task-'));
  [lambda, packaged] = await Promise.all([startLocalLambda(), packagedStage('prod')]);
}, 300_000);
afterAll(async () => {
  rmSync(tasks, { recursive: true, force: true });
  await lambda.close();
});

describe.each(functionKeys)('the package of %s', (key) => {
  test('holds one file, the one that the template names', () => {
    const { Handler } = variablesOf(key).properties;
    expect([...unzip(packaged.zip(key)).keys()]).toEqual([Handler.replace(/\.handler$/, '.mjs')]);
  });

  test('is small, since each megabyte delays a cold start', () => {
    expect(packaged.zip(key).byteLength).toBeLessThan(1_000_000);
  });

  test('holds no code that is there for development or for the command line', () => {
    const modules = new Set(Object.keys(packaged.bundled(key)).flatMap((file) => moduleOf(file) ?? []));
    expect(modules.size).toBeGreaterThan(10);
    expect([...modules].filter((module) => isDevelopment(module))).toEqual([]);
    expect([...modules].filter((module) => ['yaml', 'commander', 'picocolors', 'cli-table3'].includes(module))).toEqual(
      [],
    );
    expect(
      Object.keys(packaged.bundled(key)).filter((file) => /(^|\/)(src\/cli|tests|deploy|bin)\//.test(file)),
    ).toEqual([]);
  });
});

describe('Lambda loads the package and calls it', () => {
  test.each([
    { key: 'logsSubscription', event: 'cloudwatch-logs/cloudtrail', finds: 'Administrator policy attached' },
    { key: 'eventBus', event: 'event-bridge/console-sign-in', finds: 'Root user was active' },
  ] as const)('$key raises a finding', async ({ key, event, finds }) => {
    lambda.bus.clear();
    expect(await invoke(key, lambdaEvent(event))).toMatchObject({ result: null });
    expect(lambda.bus.entries.map(({ Detail }) => Detail).join('\n')).toContain(finds);
  });

  test('probe raises a finding', async () => {
    lambda.bus.clear();
    const event = { id: '53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa', time: '2026-03-11T09:00:00Z', source: 'aws.events' };
    expect(await invoke('probe', event)).toMatchObject({ result: null });
    expect(lambda.bus.entries.map(({ Detail }) => Detail).join('\n')).toContain('Endpoint down');
  });

  test('trailFile reads a file', async () => {
    lambda.bus.clear();
    const bucket = 'example-platform-audit-trail';
    const event = lambdaEvent('s3-sqs/s3-notification') as { Records: { body: string }[] };
    const key = /"key":"([^"]+)"/.exec(event.Records[0]?.body ?? '')?.[1] ?? '';
    lambda.aws.createBucket(bucket);
    const s3 = new S3Client({});
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: archiveFile(key) }));
    s3.destroy();
    const outcome = await invoke('trailFile', event);
    expect(outcome).toMatchObject({ result: { batchItemFailures: [] } });
    expect(outcome.output).toMatch(/"ObjectsRead":1/);
  });

  test('deliver sends an alert', async () => {
    lambda.bus.clear();
    await invoke('eventBus', lambdaEvent('event-bridge/console-sign-in'));
    const [entry] = lambda.bus.entries;
    expect(entry).toBeDefined();
    if (entry === undefined) return;
    expect(await invoke('deliver', sqsEvent([queueBody(entry)]))).toMatchObject({ result: { batchItemFailures: [] } });
    expect(lambda.alerts()).toHaveLength(1);
  });

  test('a failure fails the invocation', async () => {
    lambda.bus.refuse('everything');
    expect(await invoke('eventBus', lambdaEvent('event-bridge/console-sign-in'))).toMatchObject({
      error: expect.stringContaining('not on the bus'),
    });
    lambda.bus.refuse('nothing');
  });

  test('a variable that is missing is named before anything is read', async () => {
    const outcome = await invoke('eventBus', {}, { TRAILWATCH_STATE_TABLE: undefined });
    expect(outcome.output).toContain('TRAILWATCH_STATE_TABLE is not set');
  });
});

interface Outcome {
  readonly coldMs?: number;
  readonly result?: unknown;
  readonly error?: string;
  readonly output: string;
}

/** invoke runs a package in a process of its own, with the variables that Lambda and the template give it and no others. */
async function invoke(key: string, event: unknown, changed: Record<string, undefined> = {}): Promise<Outcome> {
  const { properties, variables } = variablesOf(key);
  const task = path.join(tasks, key);
  for (const [name, content] of unzip(packaged.zip(key))) {
    mkdirSync(path.dirname(path.join(task, name)), { recursive: true });
    writeFileSync(path.join(task, name), content);
  }
  const local = Object.entries(lambda.environment).filter(([name]) => /^(AWS_|_X_AMZN_)/.test(name));
  const child = spawn(process.execPath, [path.join(import.meta.dirname, 'lambda-runtime.mjs')], {
    cwd: task,
    env: {
      ...Object.fromEntries(local),
      ...variables,
      ...changed,
      _HANDLER: properties.Handler,
      LAMBDA_TASK_ROOT: task,
      AWS_LAMBDA_FUNCTION_NAME: properties.FunctionName,
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    },
  });
  child.stdin.on('error', () => {}).end(JSON.stringify(event));
  const [out, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const last = out.trimEnd().split('\n').at(-1) ?? '';
  const outcome = last.startsWith('{"coldMs"') ? (JSON.parse(last) as Omit<Outcome, 'output'>) : {};
  return { ...outcome, output: out + errors };
}

/** variablesOf gives a function's variables as the template names them; what only a deployment knows is local. */
function variablesOf(key: string): {
  properties: LambdaProperties;
  variables: Record<string, string | undefined>;
} {
  const id = `${key.charAt(0).toUpperCase()}${key.slice(1)}LambdaFunction`;
  const properties = packaged.template.Resources[id]?.Properties as unknown as LambdaProperties;
  const variables = Object.entries(properties.Environment.Variables).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : lambda.environment[name],
  ]);
  return { properties, variables: Object.fromEntries(variables) as Record<string, string | undefined> };
}

interface LambdaProperties {
  readonly Handler: string;
  readonly FunctionName: string;
  readonly Environment: { readonly Variables: Readonly<Record<string, unknown>> };
}

const lock = JSON.parse(readFileSync(path.resolve(import.meta.dirname, '../../package-lock.json'), 'utf8')) as {
  readonly packages: Readonly<Record<string, { readonly dev?: boolean; readonly devOptional?: boolean }>>;
};

function moduleOf(file: string): string | undefined {
  return /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1];
}

function isDevelopment(module: string): boolean {
  const found = lock.packages[`node_modules/${module}`];
  return found?.dev === true || found?.devOptional === true;
}
