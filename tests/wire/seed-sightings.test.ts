import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createDynamoSightingStore } from '../../src/aws/state-table/sighting-store.ts';
import { createFirstSeenFold, sightAll } from '../../src/detect/correlation/first-seen.ts';
import { seedSightings } from '../../src/detect/correlation/seed-sightings.ts';
import type { WindowMatch } from '../../src/detect/correlation/window-store.ts';
import type { LoweredCorrelation } from '../../src/sigma/match.ts';
import { cloudTrailRecord } from '../cli/cloudtrail-record.ts';
import { commandLine } from '../cli/trailwatch.ts';
import { startLocalStateTable, type LocalStateTable } from '../support/local-state-table.ts';

const dayMs = 86_400_000;
const now = Date.parse('2026-03-12T08:00:00Z');
const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
let table: LocalStateTable;
let client: DynamoDBClient;
beforeAll(async () => {
  table = await startLocalStateTable();
  client = new DynamoDBClient({ endpoint: table.url, region: 'eu-central-1', credentials, maxAttempts: 1 });
});
afterAll(async () => {
  client.destroy();
  await table.close();
});

let wrote = 0;
let correlation: LoweredCorrelation;
let tests = 0;
beforeEach(() => {
  wrote = 0;
  correlation = {
    kind: 'correlation',
    key: `rule-${++tests}`,
    meta: { title: 't', tags: [], references: [], falsepositives: [], fields: [], custom: {} },
    path: 'x.yml',
    type: 'first_seen',
    rules: ['base'],
    groupBy: ['who'],
    timespanMs: 30 * dayMs,
    learningMs: 14 * dayMs,
    condition: { bounds: [], fields: ['where'] },
    aliases: {},
    generate: true,
  };
});

/** A copy of a function, with a cache of its own. */
const store = () =>
  createDynamoSightingStore({
    client,
    table: table.name,
    onWrite: () => {
      wrote += 1;
    },
  });
/** What somebody showed, days before now. */
const seen = (who: string, where: string, daysAgo: number): WindowMatch => {
  const timeMs = now - daysAgo * dayMs;
  const id = `${who} ${where} ${daysAgo}`;
  const fields = { who, where };
  return {
    id,
    time: timeMs,
    rule: 'base',
    record: {
      id,
      time: new Date(timeMs).toISOString(),
      source: { product: 'aws', services: ['cloudtrail'] },
      fields,
      origin: { path: 'x', index: 0 },
    },
  };
};
const seed = async (...history: readonly WindowMatch[]) => {
  const fold = createFirstSeenFold(correlation, 1_000);
  for (const match of history) fold.add(match);
  return seedSightings(store(), correlation, fold, now);
};
const newsOf = async (...matches: readonly WindowMatch[]) =>
  (await sightAll(store(), correlation, matches)).map(({ shown }) => shown);

describe('after seeding', () => {
  test('a value of the past is no news, and another one is news at once', async () => {
    await seed(seen('ann', 'eu', 20), seen('ann', 'eu', 1), seen('ann', 'us', 15));
    expect(await newsOf(seen('ann', 'eu', 0), seen('ann', 'us', 0))).toEqual([]);
    expect(await newsOf(seen('ann', 'ap', 0))).toHaveLength(1);
  });

  test('without it the group would only be watched', async () => {
    expect(await newsOf(seen('ann', 'eu', 0), seen('ann', 'ap', 0))).toEqual([]);
  });

  test('a group known for longer than the timespan is known from its beginning', async () => {
    await seed(...Array.from({ length: 10 }, (_, week) => seen('ann', 'eu', 1 + 7 * week)));
    expect(await newsOf(seen('ann', 'ap', 0))).toHaveLength(1);
  });

  test('what the stage saw itself in the meantime stays, and the past is put before it', async () => {
    await newsOf(seen('ann', 'eu', 2), seen('ann', 'ap', 2));
    await seed(...Array.from({ length: 9 }, (_, week) => seen('ann', 'eu', 2 + 7 * week)));
    expect(await newsOf(seen('ann', 'ap', 0), seen('ann', 'us', 0))).toEqual([expect.stringContaining('us')]);
  });

  test('an event of the past that comes again is no news', async () => {
    const old = seen('ann', 'us', 3);
    await seed(seen('ann', 'eu', 25), seen('ann', 'eu', 3), old);
    expect(await newsOf(old)).toEqual([]);
  });

  test('seeding again writes nothing', async () => {
    const history = [seen('ann', 'eu', 70), seen('ann', 'eu', 45), seen('ann', 'eu', 20), seen('bob', 'eu', 1)];
    expect(await seed(...history)).toEqual({ groups: 2, values: 2, expired: 0 });
    expect(wrote).toBeGreaterThanOrEqual(4);
    wrote = 0;
    expect(await seed(...history)).toEqual({ groups: 2, values: 2, expired: 0 });
    expect(wrote).toBe(0);
  });

  test('what nobody showed for the timespan is not noted', async () => {
    expect(await seed(seen('ann', 'eu', 90), seen('bob', 'eu', 90), seen('bob', 'us', 2))).toEqual({
      groups: 1,
      values: 1,
      expired: 3,
    });
  });
});

const firstRegion = `
title: Any call
name: any-call
logsource: { product: aws, service: cloudtrail }
detection:
  selection: { userIdentity.type: IAMUser }
  condition: selection
---
title: First call in a region
id: 0d7c8f7e-52f3-4d63-9f0e-5c7fd1b8a3c1
correlation:
  type: first_seen
  rules: [any-call]
  group-by: [userIdentity.arn]
  condition: { field: awsRegion }
  timespan: 30d
`;

describe('trailwatch baseline seed', () => {
  const variables = ['AWS_ENDPOINT_URL_DYNAMODB', 'AWS_REGION', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'];
  const before = Object.fromEntries(variables.map((name) => [name, process.env[name]]));
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'trailwatch-seed-'));
    const regions = ['eu-west-1', 'eu-west-1', 'us-east-1'];
    const records = regions.map((awsRegion, day) =>
      cloudTrailRecord({
        awsRegion,
        eventID: `e${day}`,
        eventTime: `2026-03-0${day + 1}T10:00:00Z`,
        userIdentity: { type: 'IAMUser', arn: 'arn:aws:iam::111122223333:user/ann', userName: 'ann' },
      }),
    );
    await writeFile(join(folder, 'trail.json'), JSON.stringify({ Records: records }));
    await mkdir(join(folder, 'rules'));
    await writeFile(join(folder, 'rules', 'first.yml'), firstRegion);
    await writeFile(join(folder, 'broken.json'), '{"Records": [');
    Object.assign(process.env, {
      AWS_ENDPOINT_URL_DYNAMODB: table.url,
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    });
  });
  afterAll(async () => {
    await rm(folder, { recursive: true });
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });

  const seedFrom = (file: string, stage: string) =>
    commandLine(['baseline', 'seed', join(folder, file), '--stage', stage, '--rules', join(folder, 'rules')]);

  test('says what it wrote for each first-seen rule, and writes nothing the second time', async () => {
    const run = () => seedFrom('trail.json', 'dev');
    const first = await run();
    expect(first).toMatchObject({ code: 0, stderr: '3 records read, 0 failures\n' });
    expect(first.stdout).toBe('First call in a region: 1 group and 2 values written of 1 group and 2 values\n');
    const second = await run();
    expect(second.code).toBe(0);
    expect(second.stdout).toBe('First call in a region: 0 groups and 0 values written of 1 group and 2 values\n');
  });

  test('says which rule it can not seed: one that looks at another correlation', async () => {
    await mkdir(join(folder, 'layered'));
    const burst = `
title: Burst of calls
name: burst
correlation: { type: event_count, rules: [any-call], timespan: 1h, condition: { gte: 2 } }
`;
    const layered = `${firstRegion.replace('rules: [any-call]', 'rules: [burst]')}---${burst}`;
    await writeFile(join(folder, 'layered', 'first.yml'), layered);
    const { code, stdout } = await commandLine([
      'baseline',
      'seed',
      join(folder, 'trail.json'),
      '--stage',
      'dev',
      '--rules',
      join(folder, 'layered'),
    ]);
    expect(code).toBe(0);
    expect(stdout).toBe('First call in a region: not seeded, since it looks at findings of another correlation\n');
  });

  test('names what it could not read, and a table that is not there', async () => {
    const broken = await seedFrom('broken.json', 'dev');
    expect(broken.code).toBe(3);
    expect(broken.stderr).toContain('broken.json');
    const missing = await seedFrom('trail.json', 'nowhere');
    expect(missing.code).toBe(1);
    expect(missing.stderr).toMatch(/trailwatch-nowhere-state: .*ResourceNotFoundException/);
  });

  test('refuses a stage that cannot be one', async () => {
    expect((await commandLine(['baseline', 'seed', folder, '--stage', 'Prod!'])).code).toBe(2);
  });
});
