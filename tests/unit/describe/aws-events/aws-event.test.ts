import { readFileSync } from 'node:fs';
import { describe as group, expect, test } from '@jest/globals';
import { describe } from '../../../../src/describe/describe.ts';
import { openEventBridgeEvent } from '../../../../src/ingest/envelopes/event-bridge.ts';
import type { AuditEvent } from '../../../../src/model/audit-event.ts';

type Json = Record<string, unknown>;

function sample(name: string): Json {
  const file = new URL(`../../../../events/lambda/event-bridge/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')) as Json;
}

function described(event: Json): AuditEvent {
  const [item] = openEventBridgeEvent(event);
  if (item?.kind !== 'record') throw new Error(`not a record: ${JSON.stringify(item)}`);
  return describe(item.record);
}

/** `changed` lays parts of a detail over a sample's. */
function changed(name: string, detail: Json): Json {
  const event = sample(name);
  return { ...event, detail: { ...(event['detail'] as Json), ...detail } };
}

group('what AWS publishes on the bus says who, what, to what, and how it ended', () => {
  test.each([
    [
      'alarm-state-change',
      ['cloudwatch_alarm', 'cloudwatch'],
      {
        account: '444455556666',
        service: 'cloudwatch',
        action: 'alarm ALARM',
        actor: { kind: 'service', name: 'cloudwatch.amazonaws.com', chain: [] },
        targets: [
          { kind: 'alarm', id: 'storefront-5xx' },
          { kind: 'metric', id: 'HTTPCode_Target_5XX_Count' },
        ],
        outcome: { kind: 'failure', code: 'ALARM', message: expect.stringContaining('184.0') },
      },
    ],
    [
      'build-failed',
      ['codebuild_build', 'codebuild'],
      {
        service: 'codebuild',
        action: 'build failed',
        actor: { kind: 'unknown', name: 'codepipeline/storefront', chain: [] },
        targets: [
          { kind: 'project', id: 'storefront-images' },
          { kind: 'build', id: '3c9a1e57-4f0b-4d2a-8b61-0f7d2e6c5a90' },
        ],
        outcome: {
          kind: 'failure',
          code: 'FAILED',
          message: expect.stringMatching(/^PRE_BUILD: COMMAND_EXECUTION_ERROR/),
        },
      },
    ],
    [
      'guardduty-finding',
      ['guardduty'],
      {
        account: '444455556666',
        service: 'guardduty',
        action: 'Exfiltration:IAMUser/AnomalousBehavior',
        actor: { kind: 'role', name: 'prod-operations', accessKeyId: 'ASIAQ7NTFAKEEXAMPLE1', chain: [] },
        sourceAddress: '198.51.100.77',
        targets: [{ kind: 'access-key', id: 'ASIAQ7NTFAKEEXAMPLE1' }],
      },
    ],
    [
      'security-hub-finding',
      ['securityhub_finding', 'securityhub'],
      {
        account: '444455556666',
        region: 'eu-west-1',
        service: 'securityhub',
        action: 'S3 general purpose buckets should block public access',
        actor: { kind: 'service', name: 'Security Hub', chain: [] },
        targets: [{ kind: 'bucket', id: 'arn:aws:s3:::example-storefront-exports' }],
        outcome: { kind: 'failure', code: 'FAILED', message: expect.any(String) },
      },
    ],
    [
      'health-event',
      ['health'],
      {
        account: '111122223333',
        region: 'us-east-1',
        service: 'health',
        action: 'AWS_RISK_CREDENTIALS_EXPOSED',
        targets: [{ kind: 'resource', id: 'AKIAJ3NOTREALEXAMPLE' }],
      },
    ],
    [
      'object-deleted',
      ['s3_object', 's3'],
      {
        service: 's3',
        action: 'DeleteObject',
        actor: { kind: 'unknown', name: 'account/111122223333', account: '111122223333', chain: [] },
        sourceAddress: '198.51.100.77',
        targets: [
          { kind: 'object', id: expect.stringMatching(/^example-platform-audit-trail\/AWSLogs\/.*gz$/) },
          { kind: 'bucket', id: 'example-platform-audit-trail' },
        ],
      },
    ],
  ])('%s', (name, services, wanted) => {
    const event = described(sample(name));
    expect(event.source).toEqual({ product: 'aws', services });
    expect(event).toMatchObject(wanted);
  });

  test.each([
    [
      'an alarm that is over',
      changed('alarm-state-change', { state: { value: 'OK' } }),
      { action: 'alarm OK', outcome: { kind: 'success' } },
    ],
    [
      'a build that is under way',
      changed('build-failed', { 'build-status': 'IN_PROGRESS' }),
      { action: 'build in progress', outcome: { kind: 'success' } },
    ],
    [
      'an instance that GuardDuty names, probed from outside',
      changed('guardduty-finding', {
        resource: { instanceDetails: { instanceId: 'i-0a1' } },
        service: {
          action: {
            portProbeAction: { portProbeDetails: [] },
            actionType: 'NETWORK_CONNECTION',
            networkConnectionAction: { remoteIpDetails: { ipAddressV4: '203.0.113.5' } },
          },
        },
      }),
      {
        targets: [{ kind: 'instance', id: 'i-0a1' }],
        sourceAddress: '203.0.113.5',
        actor: { kind: 'service', name: 'guardduty.amazonaws.com' },
      },
    ],
    [
      "the bucket's lifecycle",
      changed('object-deleted', { requester: 's3.amazonaws.com', reason: 'Lifecycle Expiration' }),
      { action: 'Lifecycle Expiration', actor: { kind: 'service', name: 's3.amazonaws.com' } },
    ],
    [
      'an account that its organisation looks after',
      changed('health-event', { affectedAccount: '444455556666' }),
      { account: '444455556666' },
    ],
  ])('%s', (_name, event, wanted) => {
    expect(described(event)).toMatchObject(wanted);
  });

  test.each([
    'alarm-state-change',
    'build-failed',
    'guardduty-finding',
    'security-hub-finding',
    'health-event',
    'object-deleted',
  ])('%s: whatever its detail holds, it is described', (name) => {
    for (const detail of [
      null,
      'text',
      [],
      {},
      { findings: [null] },
      { service: { action: null }, resource: [] },
      { state: 7, 'additional-information': { phases: [1, { 'phase-status': 'FAILED', 'phase-context': 5 }] } },
    ]) {
      expect(described({ ...sample(name), detail })).toMatchObject({
        actor: { name: expect.any(String) },
        action: expect.any(String),
      });
    }
  });
});

group('log sources', () => {
  test("only AWS gives an event its log source: the same type from elsewhere is somebody's own", () => {
    const forged = described({ ...sample('guardduty-finding'), source: 'com.example.guardduty' });
    expect(forged.source).toEqual({ product: 'unknown', services: ['com.example.guardduty'] });
  });

  test.each([
    ['aws.athena', 'Athena Query State Change', ['athena']],
    ['aws.s3', 'Object Restore Completed', ['s3']],
    ['aws.s3', 'constructor', ['s3']],
    ['aws.constructor', 'x', ['constructor']],
  ])('%s, %s', (source, type, services) => {
    expect(described({ ...sample('object-deleted'), source, 'detail-type': type }).source).toEqual({
      product: 'aws',
      services,
    });
  });
});

test('what AWS Health sends to two regions, and to the organisation, is one fact; a later word on it is another', () => {
  const factOf = (event: Json) => {
    const [item] = openEventBridgeEvent(event);
    return item?.kind === 'record' ? item.record.fact : undefined;
  };
  const here = sample('health-event');
  expect(factOf(here)).toMatch(/^[0-9a-f]{32}$/);
  expect(factOf({ ...here, id: 'another', region: 'us-west-2', account: '555566667777' })).toBe(factOf(here));
  expect(factOf(changed('health-event', { communicationId: 'later' }))).not.toBe(factOf(here));
  expect(factOf(sample('object-deleted'))).toBeUndefined();
});
