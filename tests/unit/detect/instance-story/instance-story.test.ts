import { describe, expect, test } from '@jest/globals';
import { createMemorySightingStore } from '../../../support/memory-sighting-store.ts';
import * as fc from 'fast-check';
import { detectRecords } from '../../../../src/detect/detect.ts';
import { createBatchCorrelator } from '../../../../src/detect/correlation/batch-correlator.ts';
import { createCorrelator } from '../../../../src/detect/correlation/correlator.ts';
import { createDetector } from '../../../../src/detect/detector.ts';
import { createInstanceStory } from '../../../../src/detect/instance-story/instance-story.ts';
import { InstanceLogError } from '../../../../src/detect/instance-story/instance-log.ts';
import { createMemoryInstanceLog } from '../../../../src/detect/instance-story/memory-instance-log.ts';
import { createMemoryWindowStore } from '../../../support/memory-window-store.ts';
import { createRuleSet } from '../../../../src/detect/rule-set.ts';
import type { Finding } from '../../../../src/model/finding.ts';
import type { LogRecord } from '../../../../src/model/log-record.ts';
import { correlationOf, is, metaOf, minute, ruleOf } from '../fixtures.ts';
import { autoScaling, callRecord, changeRecord, instance, other } from './instance-records.ts';

const third = 'i-0f61b8d24ce7a9053';
const change = { logsource: { product: 'aws', service: 'ec2_state_change' } };
const ruleSet = createRuleSet({
  detections: [
    ruleOf('ended', { ...change, expr: is('detail.state', 'stopped', 'terminated') }),
    ruleOf('named', { ...change, expr: is('detail.state', 'stopped'), meta: metaOf({ title: 'named', level: 'low' }) }),
    ruleOf('called', { expr: is('eventName', 'StopInstances') }),
  ],
  correlations: [
    correlationOf('many', {
      type: 'value_count',
      rules: ['ended'],
      groupBy: ['account'],
      timespanMs: 10 * minute,
      condition: { bounds: [{ op: 'gte', value: 3 }], fields: ['detail.instance-id'] },
    }),
  ],
});

/** A stream is many invocations on one state, each with the records that came together. */
function createStream() {
  const windows = createMemoryWindowStore();
  const instances = createInstanceStory({ log: createMemoryInstanceLog(), waits: false });
  return async (...records: readonly LogRecord[]): Promise<readonly Finding[]> => {
    const findings: Finding[] = [];
    await detectRecords(
      records.map((record) => ({ kind: 'record', record })),
      {
        detector: createDetector(ruleSet),
        correlator: createCorrelator(ruleSet, windows, createMemorySightingStore()),
        instances,
      },
      { finding: (finding) => void findings.push(finding) },
    );
    return findings;
  };
}

/** A batch is all records at once, of which there is an end. */
async function batch(records: readonly LogRecord[]): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  await detectRecords(
    records.map((record) => ({ kind: 'record', record })),
    {
      detector: createDetector(ruleSet),
      correlator: createBatchCorrelator(ruleSet),
      instances: createInstanceStory({ log: createMemoryInstanceLog(), waits: true }),
    },
    { finding: (finding) => void findings.push(finding) },
  );
  return findings;
}

const brief = ({ rule, event, completes }: Finding): string =>
  `${rule.id} of ${event.id} by ${event.actor.name}${completes === undefined ? '' : ` completes ${completes}`}`;
const stop = callRecord('StopInstances', 0);
const stopped = changeRecord('stopped', 30);

describe('in a stream', () => {
  test('a call that came first is in the finding', async () => {
    const send = createStream();
    await send(stop);
    const [finding, ...more] = await send(changeRecord('terminated', 30), stopped);
    expect(more.map(brief)).toEqual(['ended of stopped-30 by ana', 'named of stopped-30 by ana']);
    expect(finding?.event.actor).toEqual({ kind: 'unknown', name: 'unknown', chain: [] });
    expect(more[0]).toMatchObject({
      time: stopped.time,
      event: {
        action: 'stopped',
        actor: { kind: 'iam-user', name: 'ana', arn: 'arn:aws:iam::111122223333:user/ana' },
        sourceAddress: '203.0.113.10',
        userAgent: 'aws-cli/2.22.4',
        category: { kind: 'instance-state', state: 'stopped', before: 'stopping' },
        cause: { eventId: stop.id, time: stop.time, service: 'ec2', action: 'StopInstances', via: 'api' },
      },
      labels: { actor: 'ana', address: '203.0.113.10', cause: 'StopInstances', via: 'api', source: 'ec2_state_change' },
    });
    expect(more[0]).not.toHaveProperty('completes');
  });

  test('a call that comes later completes what was told, each finding once, beside its own', async () => {
    const send = createStream();
    const told = await send(changeRecord('stopping', 1), stopped);
    expect(told.map(brief)).toEqual(['ended of stopped-30 by unknown', 'named of stopped-30 by unknown']);
    const completed = await send(stop);
    expect(completed.map(brief)).toEqual([
      `ended of stopped-30 by ana completes ${stop.id}`,
      `named of stopped-30 by ana completes ${stop.id}`,
      `called of ${stop.id} by ana`,
    ]);
    // The same fact and the same news as before.
    expect(completed.slice(0, 2).map(({ id, fingerprint }) => [id, fingerprint])).toEqual(
      told.map(({ id, fingerprint }) => [id, fingerprint]),
    );
  });

  test('what comes again is told again, so that nothing that got lost stays lost', async () => {
    const send = createStream();
    await send(stopped);
    const completed = await send(stop);
    expect(await send(stop)).toEqual(completed);
    expect((await send(stopped)).map(brief)).toEqual(['ended of stopped-30 by ana', 'named of stopped-30 by ana']);
  });

  test.each([
    ['of another instance', callRecord('StopInstances', 0, {}, [other])],
    ['that failed', callRecord('StopInstances', 0, { errorCode: 'Client.UnauthorizedOperation' })],
    ['that is too old', callRecord('StopInstances', -700)],
    ['that does something else', callRecord('StartInstances', 0)],
  ])('a call %s completes nothing', async (_which, call) => {
    const send = createStream();
    await send(stopped);
    expect((await send(call)).filter(({ completes }) => completes !== undefined)).toEqual([]);
  });

  test('a call that nothing is told of is remembered all the same', async () => {
    const send = createStream();
    expect(await send(callRecord('TerminateInstances', 0))).toEqual([]);
    expect((await send(changeRecord('terminated', 30))).map(brief)).toEqual(['ended of terminated-30 by ana']);
  });

  test('a late change on the way lets the one told before know its call', async () => {
    const send = createStream();
    const late = changeRecord('stopped', 20 * 60);
    await send(stop);
    expect((await send(late)).map(brief)[0]).toBe('ended of stopped-1200 by unknown');
    expect((await send(changeRecord('stopping', 1))).map(brief)[0]).toBe(
      `ended of stopped-1200 by ana completes ${stop.id}`,
    );
  });

  test('what turns out to be none is taken back', async () => {
    const send = createStream();
    const again = changeRecord('stopped', 300);
    await send(stop);
    expect((await send(again)).map(brief)[0]).toBe('ended of stopped-300 by ana');
    const [corrected] = await send(callRecord('StartInstances', 120));
    expect(corrected && brief(corrected)).toBe(`ended of stopped-300 by unknown completes not ${stop.id}`);
  });

  test('a correlation is completed with the change that made it fire', async () => {
    const send = createStream();
    const call = callRecord('TerminateInstances', 0, {}, [instance, other, third]);
    const gone = [instance, other, third].map((of, index) =>
      changeRecord('terminated', 30 + index, `gone-${index}`, of),
    );
    const told = [];
    for (const record of gone) told.push(...(await send(record)));
    const fired = told.find(({ rule }) => rule.id === 'many');
    expect(fired?.event.actor.name).toBe('unknown');
    const completed = (await send(call)).find(({ rule }) => rule.id === 'many');
    expect(completed).toMatchObject({ id: fired?.id, completes: call.id, event: { actor: { name: 'ana' } } });
    expect(completed?.correlated.map(({ actor }) => actor.name)).toEqual(['ana', 'ana', 'ana']);
  });

  test('a change whose call is in the same batch is told before it is completed', async () => {
    const call = callRecord('TerminateInstances', 0, {}, [instance, other, third]);
    const gone = [instance, other, third].map((of, index) =>
      changeRecord('terminated', 30 + index, `gone-${index}`, of),
    );
    const findings = await createStream()(...gone, call);
    const firings = findings.filter(({ rule }) => rule.id === 'many').map(brief);
    // The first says already what the second would complete, so that receivers get one of them.
    expect(firings).toEqual(['many of gone-2 by ana', `many of gone-2 by ana completes ${call.id}`]);
  });

  test('a log that cannot be written or read fails the run: what it read comes again', async () => {
    const broken = () => Promise.reject(new InstanceLogError('the table is away'));
    const log = createMemoryInstanceLog();
    for (const instances of [
      createInstanceStory({ log: { ...log, add: broken }, waits: false }),
      createInstanceStory({ log: { ...log, read: broken }, waits: false }),
    ]) {
      const correlator = createBatchCorrelator(ruleSet);
      const engine = { detector: createDetector(ruleSet), correlator, instances };
      const run = detectRecords([{ kind: 'record', record: stopped }], engine, { finding: () => undefined });
      await expect(run).rejects.toThrow('the table is away');
    }
  });
});

describe('in files', () => {
  test('who did it is told with the change, wherever the call stands', async () => {
    const wanted = ['ended of stopped-30 by ana', 'named of stopped-30 by ana', `called of ${stop.id} by ana`].sort();
    expect((await batch([stop, stopped])).map(brief).sort()).toEqual(wanted);
    expect((await batch([stopped, stop])).map(brief).sort()).toEqual(wanted);
  });

  test('correlations know it too', async () => {
    const gone = [instance, other, third].map((of, index) =>
      changeRecord('terminated', 30 + index, `gone-${index}`, of),
    );
    const findings = await batch([...gone, callRecord('TerminateInstances', 0, {}, [instance, other, third])]);
    expect(findings.map(brief)).toContain('many of gone-2 by ana');
  });
});

describe('in any order and however often', () => {
  // A day of two instances: people, a group, spot and EC2 by itself, calls that failed, came twice or were undone.
  const records: readonly LogRecord[] = [
    callRecord('RunInstances', 0),
    changeRecord('pending', 1),
    changeRecord('running', 20),
    callRecord('StopInstances', 100),
    callRecord('StopInstances', 110, { who: 'ben', errorCode: 'Client.UnauthorizedOperation' }),
    changeRecord('stopping', 101),
    changeRecord('stopped', 160),
    callRecord('StartInstances', 200, { who: 'ben' }),
    changeRecord('pending', 201),
    changeRecord('running', 230),
    // A stop that nobody called.
    changeRecord('stopping', 400),
    changeRecord('stopped', 430),
    callRecord('TerminateInstances', 2000, autoScaling),
    callRecord('TerminateInstanceInAutoScalingGroup', 1990, {
      eventSource: 'autoscaling.amazonaws.com',
      requestParameters: { instanceId: instance },
      responseElements: null,
      who: 'eve',
      userIdentity: { type: 'IAMUser', userName: 'eve' },
    }),
    changeRecord('terminated', 2001),
    callRecord('StopInstances', 100, { eventID: 'other' }, [other]),
    changeRecord('stopped', 150, 'other-stopped', other),
  ];
  const whoOf = (findings: readonly Finding[]): object =>
    Object.fromEntries(
      findings
        .filter(({ rule }) => rule.id === 'ended')
        .map(({ event }) => [event.id, event.actor.name] as const)
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    );
  const truth = { 'other-stopped': 'ana', 'stopped-160': 'ana', 'stopped-430': 'unknown', 'terminated-2001': 'eve' };

  test('files give the same findings', async () => {
    const expected = (await batch(records)).map((finding) => JSON.stringify(finding)).sort();
    expect(whoOf(await batch(records))).toEqual(truth);
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray([...records], { minLength: records.length }), async (shuffled) => {
        expect((await batch(shuffled)).map((finding) => JSON.stringify(finding)).sort()).toEqual(expected);
      }),
      { numRuns: 50 },
    );
  });

  test('a stream ends with the same answer for each', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray([...records, ...records], { minLength: 2 * records.length }),
        fc.integer({ min: 1, max: 5 }),
        async (shuffled, size) => {
          const send = createStream();
          const told: Finding[] = [];
          for (let index = 0; index < shuffled.length; index += size) {
            told.push(...(await send(...shuffled.slice(index, index + size))));
          }
          // Of what was told of one fact, the last holds.
          expect(whoOf(told)).toEqual(truth);
        },
      ),
      { numRuns: 50 },
    );
  });
});
