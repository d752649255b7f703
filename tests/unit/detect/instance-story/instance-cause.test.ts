import { describe, expect, test } from '@jest/globals';
import { instanceCallsOf } from '../../../../src/describe/instance/call.ts';
import { stateChangeOf } from '../../../../src/describe/instance/state.ts';
import { causeOf, stateBeforeOf } from '../../../../src/detect/instance-story/instance-cause.ts';
import { inOrder, type ChangeFact, type InstanceFact } from '../../../../src/detect/instance-story/instance-log.ts';
import type { Fields, LogRecord } from '../../../../src/model/log-record.ts';
import { autoScaling, callRecord, changeRecord, instance } from './instance-records.ts';

const minute = 60;

function factsOf(records: readonly LogRecord[]): readonly InstanceFact[] {
  const facts = records.flatMap((record): readonly InstanceFact[] => {
    const change = stateChangeOf(record);
    if (change !== undefined) return [changeFact(record)];
    return instanceCallsOf(record).map((call) => ({ kind: 'call', ...call }));
  });
  return inOrder(facts);
}

function changeFact(record: LogRecord): ChangeFact {
  const change = stateChangeOf(record);
  if (change === undefined) throw new Error('no change of state');
  return { kind: 'change', eventId: record.id, time: record.time, ...change, record };
}

const change = changeRecord;
const call = callRecord;
const asked: Fields = {
  eventSource: 'autoscaling.amazonaws.com',
  requestParameters: { instanceId: instance },
  responseElements: null,
};

/** Each row is what happened, the last of it the change of state in question, and who is behind that. */
const rows: readonly (readonly [rule: string, story: readonly LogRecord[], who: string | undefined])[] = [
  ['the call just before', [call('StopInstances', 0), change('stopping', 2)], 'ana'],
  ['nobody, when nothing is known', [change('stopping', 2)], undefined],
  ['the call ten minutes before', [call('StopInstances', 0), change('stopped', 10 * minute)], 'ana'],
  ['not one earlier than that', [call('StopInstances', 0), change('stopped', 10 * minute + 1)], undefined],
  ['a call that seems later by clocks that are apart', [call('StopInstances', 60), change('stopping', 0)], 'ana'],
  ['not one later than that', [call('StopInstances', 61), change('stopping', 0)], undefined],
  [
    'a call before rather than one that seems later',
    [call('StopInstances', 0, { who: 'ana' }), call('StopInstances', 40, { who: 'ben' }), change('stopping', 30)],
    'ana',
  ],
  [
    'the latest of several calls',
    [call('StopInstances', 0), call('StopInstances', 30, { who: 'ben' }), change('stopped', 60)],
    'ben',
  ],
  ['a start of what runs', [call('StartInstances', 0), change('running', 20)], 'ana'],
  ['a launch of what runs', [call('RunInstances', 0), change('running', 20)], 'ana'],
  ['a launch of what is pending', [call('RunInstances', 0), change('pending', 1)], 'ana'],
  ['a termination of what shuts down', [call('TerminateInstances', 0), change('shutting-down', 1)], 'ana'],
  ['no stop of what terminates: AWS did that', [call('StopInstances', 0), change('shutting-down', 60)], undefined],
  ['no termination of what stops', [call('TerminateInstances', 0), change('stopping', 60)], undefined],
  ['no start of what stops', [call('StartInstances', 0), change('stopping', 60)], undefined],
  ['no reboot of anything', [call('RebootInstances', 0), change('stopping', 1)], undefined],
  ['no call that failed', [call('StopInstances', 0, { errorCode: 'Client.X' }), change('stopping', 1)], undefined],
  ['no dry run', [call('StopInstances', 0, { errorCode: 'Client.DryRunOperation' }), change('stopping', 1)], undefined],
  [
    'no stop that was undone since: then AWS stopped it again',
    [
      call('StopInstances', 0),
      change('stopping', 1),
      change('stopped', 30),
      call('StartInstances', 60),
      change('pending', 61),
      change('running', 80),
      change('stopping', 5 * minute),
    ],
    undefined,
  ],
  [
    'no start that was undone since',
    [call('StartInstances', 0), call('StopInstances', 60), change('pending', 120)],
    undefined,
  ],
  [
    'the stop, though the next start came before EC2 had done',
    [call('StopInstances', 0), call('TerminateInstances', 20, { who: 'ben' }), change('stopped', 30)],
    'ana',
  ],
  [
    'for an hour, whoever set the instance on its way',
    [call('StopInstances', 0), change('stopping', 1), change('stopped', 55 * minute)],
    'ana',
  ],
  ['not beyond that', [call('StopInstances', 0), change('stopping', 1), change('stopped', 62 * minute)], undefined],
  [
    'nobody, when AWS set it on its way and a call only joined in',
    [change('stopping', 0), call('StopInstances', 5 * minute), change('stopped', 6 * minute)],
    undefined,
  ],
  [
    'Auto Scaling, when it acts by itself',
    [call('TerminateInstances', 0, autoScaling), change('shutting-down', 1), change('terminated', 40)],
    'AWSServiceRoleForAutoScaling/AutoScaling',
  ],
  [
    'who asked Auto Scaling to do it',
    [
      call('TerminateInstanceInAutoScalingGroup', 0, asked),
      call('TerminateInstances', 4, autoScaling),
      change('shutting-down', 5),
    ],
    'ana',
  ],
  [
    'Auto Scaling, when it was asked only later',
    [
      call('TerminateInstances', 0, autoScaling),
      call('TerminateInstanceInAutoScalingGroup', 4, asked),
      change('shutting-down', 5),
    ],
    'AWSServiceRoleForAutoScaling/AutoScaling',
  ],
  [
    'EC2, when it took a spot instance back, whoever stopped something before',
    [
      call('StopInstances', 0),
      call('BidEvictedEvent', 60, {
        who: 'ec2',
        userIdentity: { invokedBy: 'ec2.amazonaws.com' },
        serviceEventDetails: { instanceIdSet: [instance] },
      }),
      change('shutting-down', 61),
    ],
    'ec2.amazonaws.com',
  ],
];

describe('causeOf blames', () => {
  test.each(rows)('%s', (_rule, story, who) => {
    const last = story.at(-1);
    if (last === undefined) throw new Error('an empty story');
    expect(causeOf(factsOf(story), changeFact(last))?.actor.name).toBe(who);
  });

  test('the same, in whatever order things became known', () => {
    for (const [, story, who] of rows) {
      const last = story.at(-1);
      if (last === undefined) throw new Error('an empty story');
      expect(causeOf(factsOf(story.toReversed()), changeFact(last))?.actor.name).toBe(who);
    }
  });
});

describe('stateBeforeOf knows', () => {
  test.each<[rule: string, story: readonly LogRecord[], before: string | undefined]>([
    ['nothing, when nothing was told', [change('stopped', 30)], undefined],
    ['what the call found', [call('TerminateInstances', 0), change('shutting-down', 1)], 'running'],
    ['what the call answered', [call('TerminateInstances', 0), change('terminated', 30)], 'shutting-down'],
    [
      'what the call found, by clocks that are apart',
      [call('TerminateInstances', 5), change('shutting-down', 1)],
      'running',
    ],
    [
      'that a stopped instance terminates at once',
      [
        call('TerminateInstances', 0, {
          responseElements: {
            instancesSet: {
              items: [
                { instanceId: instance, previousState: { name: 'stopped' }, currentState: { name: 'terminated' } },
              ],
            },
          },
        }),
        change('terminated', 1),
      ],
      'stopped',
    ],
    ['the change before', [change('running', 0), change('stopping', 60), change('stopped', 90)], 'stopping'],
    [
      'the change of the same second on the way',
      [change('shutting-down', 60), change('terminated', 60)],
      'shutting-down',
    ],
    ['a state of days ago', [change('stopped', 0), change('terminated', 4 * 86_400)], 'stopped'],
    ['nothing, when something between is missing', [change('stopped', 0), change('stopped', 86_400)], undefined],
    ['nothing of what came later', [change('pending', 60), change('stopped', 0)], undefined],
  ])('%s', (_rule, story, before) => {
    const last = story.at(-1);
    if (last === undefined) throw new Error('an empty story');
    const facts = factsOf(story);
    expect(stateBeforeOf(facts, changeFact(last), causeOf(facts, changeFact(last)))).toBe(before);
  });
});
