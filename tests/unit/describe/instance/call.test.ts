import { describe, expect, test } from '@jest/globals';
import { instanceCallsOf, isInstanceCall } from '../../../../src/describe/instance/call.ts';
import type { Fields } from '../../../../src/model/log-record.ts';
import { autoScaling, callRecord, instance, other } from '../../detect/instance-story/instance-records.ts';

describe('instanceCallsOf reads who did what to which instance', () => {
  test('a call counts once for each instance, with the states that it answered', () => {
    expect(instanceCallsOf(callRecord('StopInstances', 0, {}, [instance, other]))).toMatchObject([
      {
        instance,
        action: 'StopInstances',
        service: 'ec2',
        before: 'running',
        after: 'stopping',
        actor: { name: 'ana' },
      },
      { instance: other, before: 'running', after: 'stopping', sourceAddress: '203.0.113.10' },
    ]);
  });

  test.each<[rule: string, name: string, fields: Fields, calls: readonly object[]]>([
    [
      'a launch answers the state, and nothing was before',
      'RunInstances',
      { responseElements: { instancesSet: { items: [{ instanceId: instance, instanceState: { name: 'pending' } }] } } },
      [{ instance, after: 'pending' }],
    ],
    [
      'without an answer, the request says which instances were meant',
      'StopInstances',
      { responseElements: null },
      [{ instance }],
    ],
    [
      'Auto Scaling is asked by the instance alone',
      'TerminateInstanceInAutoScalingGroup',
      {
        eventSource: 'autoscaling.amazonaws.com',
        requestParameters: { instanceId: instance, shouldDecrementDesiredCapacity: true },
        responseElements: null,
      },
      [{ instance, service: 'autoscaling', via: 'api' }],
    ],
    [
      'EC2 says itself that it took a spot instance back',
      'BidEvictedEvent',
      {
        eventType: 'AwsServiceEvent',
        userIdentity: { accountId: '111122223333', invokedBy: 'ec2.amazonaws.com' },
        requestParameters: null,
        responseElements: null,
        serviceEventDetails: { instanceIdSet: [instance, other] },
      },
      [{ instance, via: 'service', actor: { kind: 'service', name: 'ec2.amazonaws.com' } }, { instance: other }],
    ],
    ['a call that failed did nothing', 'StopInstances', { errorCode: 'Client.UnauthorizedOperation' }, []],
    ['a dry run did nothing', 'StopInstances', { errorCode: 'Client.DryRunOperation' }, []],
    ['an error without a code is one too', 'StopInstances', { errorMessage: 'something went wrong' }, []],
    [
      'one that found the instance where it wanted it did nothing',
      'StopInstances',
      {
        responseElements: {
          instancesSet: {
            items: [
              { instanceId: instance, previousState: { name: 'stopping' }, currentState: { name: 'stopping' } },
              { instanceId: other, previousState: { name: 'running' }, currentState: { name: 'stopping' } },
            ],
          },
        },
      },
      [{ instance: other }],
    ],
    ['a reboot changes no state', 'RebootInstances', {}, []],
    [
      "another service's call of the same name is another call",
      'StopInstances',
      { eventSource: 'x.amazonaws.com' },
      [],
    ],
    [
      'what is no instance id is none',
      'StopInstances',
      {
        responseElements: {
          instancesSet: {
            items: [{ instanceId: 'i-1' }, { instanceId: 7 }, null, 'x', { instanceId: `${instance}#` }],
          },
        },
      },
      [],
    ],
    ['odd shapes hold no instance', 'StopInstances', { responseElements: 'x', requestParameters: [] }, []],
  ])('%s', (_rule, name, fields, calls) => {
    const read = instanceCallsOf(callRecord(name, 0, fields));
    expect(read).toHaveLength(calls.length);
    expect(read).toMatchObject(calls);
  });

  test.each<[string, Fields, string]>([
    ['a console session', { sessionCredentialFromConsole: 'true', userAgent: 'Mozilla/5.0' }, 'console'],
    ['a console session, as a boolean', { sessionCredentialFromConsole: true }, 'console'],
    ["the console's own user agent, in old records", { userAgent: 'console.ec2.amazonaws.com' }, 'console'],
    ['the command line', {}, 'api'],
    ['a user agent that only looks like the console', { userAgent: 'x console.ec2.amazonaws.com' }, 'api'],
    ['a service on its own', autoScaling, 'service'],
    ['a service, whatever the session says', { ...autoScaling, sessionCredentialFromConsole: 'true' }, 'service'],
  ])('a call by %s', (_how, fields, via) => {
    expect(instanceCallsOf(callRecord('StopInstances', 0, fields))[0]?.via).toBe(via);
  });

  test('long texts are cut, and a list that no call can have', () => {
    const items = Array.from({ length: 5000 }, (_, index) => ({
      instanceId: `i-${index.toString(16).padStart(8, '0')}`,
    }));
    const calls = instanceCallsOf(
      callRecord('StopInstances', 0, {
        userAgent: 'x'.repeat(1_000_000),
        sourceIPAddress: 'y'.repeat(1_000_000),
        userIdentity: { type: 'IAMUser', userName: 'z'.repeat(1_000_000) },
        responseElements: { instancesSet: { items } },
      }),
    );
    expect(calls).toHaveLength(1000);
    expect(JSON.stringify(calls[0]).length).toBeLessThan(10_000);
  });
});

test('isInstanceCall compares two fields, of any type', () => {
  expect(isInstanceCall(callRecord('StopInstances', 0))).toBe(true);
  for (const eventName of ['RebootInstances', 'DescribeInstances', 7, null, undefined, ['StopInstances']]) {
    expect(isInstanceCall(callRecord('StopInstances', 0, { eventName }))).toBe(false);
  }
});
