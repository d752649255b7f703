import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openValue } from '../../src/ingest/open.ts';
import type { Ingested, LogRecord } from '../../src/model/log-record.ts';
import { lowerRules, parseRuleFile, type LoweredRuleSet } from '../../src/sigma/index.ts';
import { readArchive, readFolder } from './rule-archive.ts';

/** Real events and rules that stand beside a checkout on development machines; tests skip, visibly, where they don't. */
const corpora = join(import.meta.dirname, '..', '..', '..', 'shared', 'corpora');

export const hasCorpora = existsSync(corpora);

/** Files of JSON lines, with CloudTrail records in them or in their `event`. */
const cloudTrailFiles = {
  invictus: 'invictus_aws_dataset/events.jsonl',
  stratus: 'stratus_red_team/events_labelled.jsonl',
  streamalert: 'streamalert_cloudtrail/tests.jsonl',
  small: 'small_cloudtrail_samples/events.jsonl',
  otrf: 'otrf_security_datasets_aws/ec2_proxy_s3_exfiltration_2020-09-14011940.json',
} as const;

export type CloudTrailCorpus = keyof typeof cloudTrailFiles;

export const cloudTrailCorpora = Object.keys(cloudTrailFiles) as readonly CloudTrailCorpus[];

/** ingestCloudTrail opens what is in one corpus. Records that somebody made too short to be read are filled up first. */
export function ingestCloudTrail(name: CloudTrailCorpus): readonly Ingested[] {
  const path = cloudTrailFiles[name];
  const lines = readFileSync(join(corpora, path), 'utf8').split('\n');
  return lines.flatMap((line, index) => {
    if (line === '') return [];
    const value = JSON.parse(line) as { readonly event?: unknown };
    return [...openValue(filledUp(value.event ?? value, index), { path, index })];
  });
}

/** Some samples leave out an id or a time, which no real record does, or write dots in its place. */
function filledUp(value: unknown, index: number): unknown {
  const record = { ...(value as Record<string, unknown>) };
  if (record['detail'] !== undefined) return { ...record, detail: filledUp(record['detail'], index) };
  const missing = { eventID: `sample-${index}`, eventTime: '2020-01-01T00:00:00Z' };
  for (const [name, text] of Object.entries(missing)) {
    if (record[name] === undefined || record[name] === '...') record[name] = text;
  }
  return record;
}

/** readCloudTrail gives every record that can be read: attacks, labelled and not, among ordinary activity. */
export function readCloudTrail(): readonly LogRecord[] {
  const ingested = cloudTrailCorpora.flatMap((name) => ingestCloudTrail(name));
  return ingested.flatMap((item) => (item.kind === 'record' ? [item.record] : []));
}

/** readRules lowers every rule that can be of a corpus; `all` is all of SigmaHQ's and Suzaku's. */
export function readRules(corpus: 'aws' | 'suzaku' | 'all'): LoweredRuleSet {
  const files = {
    aws: () => readFolder('sigmahq_rules/aws/rules'),
    suzaku: () => readFolder('suzaku_aws_rules'),
    all: () => [...readArchive(), ...readFolder('suzaku_aws_rules')],
  }[corpus]();
  return lowerRules(files.flatMap(([path, text]) => parseRuleFile(text, path).documents)).ruleSet;
}
