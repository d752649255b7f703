import { describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { readFileSync } from 'node:fs';
import type { AuditEvent } from '../../../src/model/audit-event.ts';
import type { Finding } from '../../../src/model/finding.ts';
import { findingDetail } from '../../../src/contract/detail.ts';
import { FindingEventError, openFindingEvent } from '../../../src/contract/open.ts';
import { bruteForce, hostile, rootLogin, sshRootLogin } from '../notify/specimens.ts';

const schema: unknown = JSON.parse(
  readFileSync(new URL('../../../schemas/finding.schema.json', import.meta.url), 'utf8'),
);
const findings = { rootLogin, sshRootLogin, bruteForce, hostile, everything: everyField() };

function validator(schema: unknown): (value: unknown) => string {
  const ajv = new Ajv2020({ strict: true, strictRequired: false, allErrors: true });
  addFormats.default(ajv);
  const validate = ajv.compile(schema as object);
  return (value) => (validate(value) ? '' : ajv.errorsText(validate.errors));
}

describe('schemas/finding.schema.json', () => {
  const problems = validator(schema);
  // Closed to unknown properties, it shows that it knows every one of ours.
  const problemsWhenClosed = validator(closed(schema));

  test.each(Object.entries(findings))('describes a finding: %s', (_name, finding) => {
    const detail: unknown = JSON.parse(findingDetail(finding)?.json ?? '');
    expect(problems(detail)).toBe('');
    expect(problemsWhenClosed(detail)).toBe('');
  });

  test.each<[string, object]>([
    ['another version', { version: '2' }],
    ['a level that Sigma does not know', { rule: { ...rootLogin.rule, level: 'severe' } }],
    ['an id of another form', { id: 'x' }],
  ])('refuses %s', (_what, change) => {
    expect(problems({ ...(JSON.parse(findingDetail(rootLogin)?.json ?? '') as object), ...change })).not.toBe('');
  });
});

describe('findingDetail', () => {
  const bytes = (finding: Finding): number => Buffer.byteLength(findingDetail(finding)?.json ?? '');

  test('leaves a finding whole that fits to the byte', () => {
    expect(findingDetail(bruteForce, bytes(bruteForce))?.omitted).toEqual([]);
    expect(findingDetail(bruteForce, bytes(bruteForce) - 1)?.omitted).toHaveLength(1);
  });

  test('drops what is missed least first, and says so in the finding', () => {
    const detail = findingDetail(hostile, 240_000);
    expect(detail?.omitted).toEqual([
      'the raw records of the correlated events',
      'the raw record',
      'the ends of texts beyond 2,000 characters',
    ]);
    const finding = JSON.parse(detail?.json ?? '') as Finding;
    expect(finding.omitted).toEqual(detail?.omitted);
    expect(finding.event.userAgent).toHaveLength(2001);
    expect(finding.event.actor.arn).toBe(hostile.event.actor.arn);
  });

  test('gets a finding of 100 MB under 240 kB and keeps who, what and when', () => {
    const long = 'é'.repeat(1_000_000);
    const many = Array.from({ length: 5000 }, (): AuditEvent => ({
      ...rootLogin.event,
      userAgent: long.slice(0, 10_000),
    }));
    const evidence = Array.from({ length: 5000 }, () => ({ field: 'f', value: long.slice(0, 5000), wanted: 'w' }));
    const targets = Array.from({ length: 5000 }, () => ({ kind: 'user', id: long.slice(0, 1000) }));
    const detail = findingDetail(
      { ...rootLogin, evidence, correlated: many, event: { ...rootLogin.event, targets } },
      240_000,
    );
    expect(Buffer.byteLength(detail?.json ?? '')).toBeLessThanOrEqual(240_000);
    expect(JSON.parse(detail?.json ?? '')).toMatchObject({
      id: rootLogin.id,
      rule: rootLogin.rule,
      time: rootLogin.time,
      event: { actor: rootLogin.event.actor, action: 'ConsoleLogin' },
    });
  });

  test.each([
    ['letters of three bytes', '€'],
    ['control characters, of which JSON spells each out', '\u0001'],
  ])('gets a finding on the bus whatever its event holds: %s', (_what, char) => {
    const text = char.repeat(3000);
    const event: AuditEvent = {
      ...rootLogin.event,
      id: text,
      region: text,
      service: text,
      action: text,
      sourceAddress: text,
      userAgent: text,
      source: { product: 'aws', services: Array.from({ length: 50 }, () => text) },
      actor: {
        kind: 'role',
        name: text,
        arn: text,
        account: text,
        accessKeyId: text,
        chain: Array.from({ length: 50 }, () => text),
      },
      targets: Array.from({ length: 300 }, () => ({ kind: text, id: text })),
      outcome: { kind: 'failure', code: text, message: text },
      cause: { eventId: text, time: text, service: text, action: text, via: 'api' },
      origin: { path: text, index: 0 },
    };
    const detail = findingDetail(
      {
        ...rootLogin,
        event,
        correlated: Array.from({ length: 100 }, () => event),
        evidence: Array.from({ length: 100 }, () => ({ field: text, value: text, wanted: text })),
        labels: { actor: text, service: text, action: text, address: text, region: text },
      },
      240_000,
    );
    expect(Buffer.byteLength(detail?.json ?? '')).toBeGreaterThan(0);
    expect(openFindingEvent(eventOf(JSON.parse(detail?.json ?? '') as Finding)).id).toBe(rootLogin.id);
  });

  test('drops a raw record that is nested too deep to be written', () => {
    let deep: Record<string, unknown> = {};
    for (let depth = 0; depth < 100_000; depth += 1) deep = { deep };
    expect(findingDetail({ ...rootLogin, event: { ...rootLogin.event, raw: deep } })?.omitted).toContain(
      'the raw record',
    );
  });

  test('gives up on a finding whose very facts do not fit', () => {
    expect(findingDetail(rootLogin, 300)).toBeUndefined();
  });

  test('writes no half characters', () => {
    expect(findingDetail(hostile)?.json).not.toMatch(/\\ud83d(?!\\ude)/i);
  });
});

describe('openFindingEvent', () => {
  test.each(Object.entries(findings))('reads back what was published: %s', (_name, finding) => {
    const opened = openFindingEvent(eventOf(finding));
    expect(opened).toStrictEqual(wellFormed(finding));
  });

  test('reads what a replay of the archive puts on the bus', () => {
    const replayed = { ...(JSON.parse(eventOf(rootLogin)) as object), 'replay-name': 'monday' };
    expect(openFindingEvent(JSON.stringify(replayed)).id).toBe(rootLogin.id);
  });

  test('ignores fields that a newer writer of the same version added', () => {
    const body = eventOf(rootLogin).replace('"version":"1"', '"version":"1","news":1');
    expect(openFindingEvent(body)).not.toHaveProperty('news');
  });

  test('keeps odd keys of the raw record', () => {
    const raw = JSON.parse('{"__proto__":{"x":1},"constructor":2}') as Record<string, unknown>;
    const opened = openFindingEvent(eventOf({ ...rootLogin, event: { ...rootLogin.event, raw } }));
    expect(JSON.stringify(opened.event.raw)).toBe('{"__proto__":{"x":1},"constructor":2}');
  });

  test.each([
    ['no JSON', 'hello', 'event: the message body is not JSON'],
    ['a list', '[]', 'event.source: is missing'],
    ['another source', eventOf(rootLogin, { source: 'aws.s3' }), 'event.source: expected "trailwatch"'],
    [
      'another detail type',
      eventOf(rootLogin, { 'detail-type': 'x' }),
      'event.detail-type: expected "Trailwatch Finding"',
    ],
    ['no detail', eventOf(rootLogin, { detail: null }), 'event.detail: expected Object'],
    [
      'a newer version',
      eventOf(rootLogin, { detail: { version: '2' } }),
      'detail.version: expected "1", got "2": deploy',
    ],
    ['no version', eventOf(rootLogin, { detail: {} }), 'event.detail.version: is missing'],
    ['half a finding', eventOf(rootLogin, { detail: { version: '1' } }), 'detail.id: is missing'],
    [
      'a raw record that is a list',
      eventOf({ ...rootLogin, event: { ...rootLogin.event, raw: [] as unknown as AuditEvent['raw'] } }),
      'detail.event.raw: expected',
    ],
  ])('refuses %s and says where', (_what, body, reason) => {
    expect(() => openFindingEvent(body)).toThrow(FindingEventError);
    expect(() => openFindingEvent(body)).toThrow(reason);
  });
});

function eventOf(finding: Finding, change: object = {}): string {
  return JSON.stringify({
    version: '0',
    id: '6a7e8feb-b491-4cf7-a9f1-bf3703467718',
    'detail-type': 'Trailwatch Finding',
    source: 'trailwatch',
    account: '111122223333',
    time: '2026-03-14T09:12:50Z',
    region: 'eu-central-1',
    resources: [],
    detail: JSON.parse(findingDetail(finding)?.json ?? '') as object,
    ...change,
  });
}

/** A finding with every optional field, so that none is forgotten in the schema or in the reader. */
function everyField(): Finding {
  const event: AuditEvent = {
    ...rootLogin.event,
    source: { product: 'aws', services: ['cloudtrail'], category: 'x' },
    category: { kind: 'instance-state', state: 'stopped', before: 'running' },
    actor: { ...rootLogin.event.actor, accessKeyId: 'AKIAEXAMPLE' },
    outcome: { kind: 'failure', code: 'x', message: 'y' },
    cause: { eventId: 'x', time: '2026-03-14T09:12:40.000Z', service: 'ec2', action: 'StopInstances', via: 'console' },
  };
  return {
    ...rootLogin,
    event,
    correlated: [event, { ...event, category: { kind: 'other' } }],
    omitted: ['x'],
    completes: 'x',
  };
}

function wellFormed(finding: Finding): unknown {
  return JSON.parse(JSON.stringify(finding), (_key, value: unknown) =>
    typeof value === 'string' ? value.toWellFormed() : value,
  );
}

function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const entries = Object.entries(schema).map(([key, value]) => [key, closed(value)]);
  const isObject = 'type' in schema && schema.type === 'object' && 'properties' in schema;
  return Object.fromEntries(isObject ? [...entries, ['additionalProperties', false]] : entries);
}
