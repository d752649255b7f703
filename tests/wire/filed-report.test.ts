import { AthenaClient } from '@aws-sdk/client-athena';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createAthenaEngine } from '../../src/aws/athena/engine.ts';
import type { LocalArchive } from '../../src/cli/report/local-engine.ts';
import { fileReport } from '../../src/report/stage/file-report.ts';
import type { Desk } from '../../src/report/stage/file-report.ts';
import { readInvocation } from '../../src/report/stage/invocation.ts';
import { loadReports } from '../../src/report/definition/load-reports.ts';
import { openArchive, samplePaths } from '../support/local-archive.ts';
import { startLocalAthena } from '../support/local-athena.ts';
import type { LocalAthena } from '../support/local-athena.ts';

const reports = await loadReports(join(import.meta.dirname, '..', '..', 'queries'), 'queries');
const asked = readInvocation({ report: 'deletions', period: '2026-03' }, reports, new Date('2026-04-01T00:00:00Z'));

let archive: LocalArchive;
let athena: LocalAthena;
let folder: string;
let desk: Desk;
let kept: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trailwatch-test-'));
  archive = await openArchive(samplePaths, ['cloudtrail']);
  athena = await startLocalAthena(archive.engine);
  const client = new AthenaClient({
    endpoint: athena.url,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  desk = {
    engine: createAthenaEngine({
      client,
      workGroup: 'w',
      database: 'd',
      wait: (ms, signal) => sleep(Math.min(ms, 10), undefined, { signal }).catch(() => undefined),
    }),
    tables: {
      catalog: { table: async () => undefined },
      ledgerOf: () => {
        throw new Error('there is no copy to ask for');
      },
    },
    evidence: {
      keep: async (name) => void kept.push(name),
      placeOf: (name) => ({ address: `s3://b/${name}`, link: `https://x/${name}` }),
    },
    temporaryFolder: folder,
    stage: 'test',
    version: '1.0.0',
    now: () => new Date('2026-04-02T08:15:00Z'),
  };
});
afterEach(() => {
  athena.mood('works');
  athena.clear();
  kept = [];
});
afterAll(async () => {
  await desk.engine.close();
  await Promise.all([athena.close(), archive.close()]);
  await rm(folder, { recursive: true });
});

test('the manifest is kept last: without it nothing is whole; and nothing stays on the disk', async () => {
  const { address, reason } = await fileReport(asked, desk, 30_000);
  expect(kept.at(-1)).toBe('evidence/deletions/2026-03-01_2026-04-01/20260402T081500Z/manifest.json');
  expect(address).toBe('s3://b/evidence/deletions/2026-03-01_2026-04-01/20260402T081500Z/deletions.html');
  expect(reason).toBe('the stage has no columnar copy');
  expect(readdirSync(folder)).toEqual([]);
});

test('a query that takes longer than there is time for is stopped on Athena, and nothing is kept', async () => {
  athena.mood('never ends');
  await expect(fileReport(asked, desk, 100)).rejects.toMatchObject({
    kind: 'cut-off',
    message: expect.stringContaining('the query was stopped after'),
    hint: expect.stringContaining('shorter period'),
  });
  expect(athena.calls.at(-1)?.operation).toBe('StopQueryExecution');
  expect(kept).toEqual([]);
  expect(readdirSync(folder)).toEqual([]);
});

test('what cannot be kept is no filed report', async () => {
  const full = { ...desk.evidence, keep: async () => Promise.reject(new Error('AccessDenied')) };
  await expect(fileReport(asked, { ...desk, evidence: full }, 30_000)).rejects.toThrow('AccessDenied');
  expect(readdirSync(folder)).toEqual([]);
});
