import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { isReadName } from '../../../src/describe/cloudtrail/category.ts';
import { describe as describeRecord } from '../../../src/describe/describe.ts';
import type { Fields } from '../../../src/model/log-record.ts';
import { hostRecord, recordOf, trailRecord } from './record.ts';

const corpora = '../shared/corpora';
const inCorpora = existsSync(corpora) ? describe : describe.skip;

function lines(path: string, pick: (line: Fields) => unknown = (line) => line): readonly Fields[] {
  const texts = readFileSync(`${corpora}/${path}`, 'utf8').split('\n');
  return texts.filter((line) => line !== '').map((line) => pick(JSON.parse(line) as Fields) as Fields);
}

inCorpora('real CloudTrail records', () => {
  test.each([
    ['invictus_aws_dataset', () => lines('invictus_aws_dataset/events.jsonl'), 2900],
    ['stratus_red_team', () => lines('stratus_red_team/events_labelled.jsonl', (line) => line['event']), 310],
  ])('%s: each is described, and agrees with what the record says of itself', (_, read, count) => {
    const records = read();
    expect(records).toHaveLength(count);
    for (const fields of records) {
      const { category, actor, service } = describeRecord(trailRecord(fields));
      expect({ kind: category.kind, access: 'access' in category && category.access }).toEqual({
        kind: String(fields['eventCategory']).toLowerCase(),
        access: String(fields['readOnly']) === 'true' ? 'read' : 'write',
      });
      expect(`${service} by ${actor.kind} ${actor.name}`).not.toContain('unknown');
    }
  });

  test('names alone tell reads from writes nearly as well as readOnly', () => {
    const records = lines('invictus_aws_dataset/events.jsonl').filter(({ readOnly }) => typeof readOnly === 'boolean');
    const wrong = records.filter(({ eventName, readOnly }) => isReadName(String(eventName)) !== readOnly);
    expect(wrong.map(({ eventName }) => eventName)).toEqual([]);
  });
});

test.each([
  ['CloudTrail', trailRecord],
  ['a host', hostRecord],
  [
    'an instance state',
    (fields: Fields) => trailRecord({ ...fields, 'detail-type': 'EC2 Instance State-change Notification' }),
  ],
  ['an unknown source', (fields: Fields) => recordOf(fields, { product: 'novel', services: [] })],
])('no fields of any shape make describing %s throw', (_, wrap) => {
  const known = `
    userIdentity type arn principalId sessionContext sessionIssuer eventName eventSource requestParameters
    responseElements resources insightDetails insightContext attributions insight detail state instance-id
    program message user account readOnly __proto__ constructor toString items instancesSet attribute hostname
    content bucketName key
  `
    .trim()
    .split(/\s+/);
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { maxDepth: 5 },
      fc.jsonValue(),
      fc.constantFrom('Root', 'AssumedRole', 'AWSAccount', 'userIdentityArn', 'arn:', 'arn:aws:iam::1:'),
      tie('object'),
      fc.array(tie('any'), { maxLength: 4 }),
    ),
    object: fc.dictionary(fc.constantFrom(...known), tie('any'), { maxKeys: 8 }),
  }));
  fc.assert(
    fc.property(value.object, (fields) => {
      const parsed = JSON.parse(JSON.stringify(fields)) as Fields;
      const event = describeRecord(wrap(parsed));
      expect(event.raw).toMatchObject({});
      for (const text of [event.action, event.service, event.actor.name, event.actor.kind])
        expect(typeof text).toBe('string');
    }),
    { numRuns: 500 },
  );
});

test('ten thousand levels of nesting are described', () => {
  const text = `{"requestParameters":${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}}`;
  expect(describeRecord(trailRecord(JSON.parse(text) as Fields)).action).toBe('unknown');
});

describe('instance states', () => {
  const change = (instance: string, state: string, time: string) => ({
    ...recordOf(
      {
        'detail-type': 'EC2 Instance State-change Notification',
        account: '111122223333',
        region: 'eu-west-1',
        detail: { 'instance-id': instance, state },
      },
      { product: 'aws', services: ['ec2'] },
    ),
    time,
  });

  test.each([
    ['running', 'pending'],
    ['stopping', 'running'],
    ['stopped', undefined],
    ['terminated', undefined],
    ['pending', undefined],
  ])('%s by itself follows %s: only what the life cycle makes certain', (state, before) => {
    const event = describeRecord(change('i-1', state, '2026-03-04T05:00:00.000Z'));
    expect(event).toMatchObject({
      service: 'ec2',
      action: state,
      account: '111122223333',
      targets: [{ kind: 'instance', id: 'i-1' }],
    });
    expect(event.category).toEqual({ kind: 'instance-state', state, ...(before === undefined ? {} : { before }) });
  });
});

test('an unknown source gets what its usual names say', () => {
  const record = recordOf(
    { username: 'alice', action: 'ALLOW', clientIp: '192.0.2.1', host: 'web-1', account_id: '111122223333' },
    { product: 'novel', services: ['firewall'] },
  );
  expect(describeRecord(record)).toMatchObject({
    category: { kind: 'other' },
    service: 'firewall',
    action: 'ALLOW',
    actor: { kind: 'unknown', name: 'alice' },
    sourceAddress: '192.0.2.1',
    targets: [{ kind: 'host', id: 'web-1' }],
    account: '111122223333',
  });
});
