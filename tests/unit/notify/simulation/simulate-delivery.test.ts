import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { levels } from '../../../../src/model/level.ts';
import type { Finding } from '../../../../src/model/finding.ts';
import { createDecider, type DeliverySettings } from '../../../../src/notify/routing/decide.ts';
import type { PolicySettings } from '../../../../src/notify/routing/policy.ts';
import { simulateDelivery, type SimulatedFact } from '../../../../src/notify/simulation/simulate-delivery.ts';
import { finding } from '../../../cli/finding.ts';
import { tickingStage, type Notified } from '../../../support/ticking-stage.ts';

const receivers = [{ name: 'chat' }, { name: 'pager' }, { name: 'lake', grouping: 'each' }] as const;
const minute = 60_000;

const base: DeliverySettings = {
  accounts: {},
  receivers: { chat: {}, pager: {}, lake: {} },
  route: { receivers: ['chat', 'lake'], routes: [] },
  suppressions: {},
  deployRoles: [],
  inhibitions: {},
  trials: {},
};

async function simulated(findings: readonly Finding[], settings: DeliverySettings): Promise<readonly Notified[]> {
  const notified: Notified[] = [];
  await simulateDelivery(findings, {
    decider: createDecider(settings),
    receivers,
    observe: (fact) => {
      if (fact.kind !== 'notified') return;
      const { at, receiver, notification } = fact;
      notified.push({
        receiver,
        time: at.toISOString(),
        fingerprint: notification.finding.fingerprint,
        finding: notification.finding.id,
        kind: notification.group?.kind ?? 'first',
        count: notification.group?.count ?? 1,
      });
    },
  });
  return notified;
}

const policy = fc.record(
  {
    groupBy: fc.constantFrom('news', 'finding', ['rule'], ['rule', 'account']) as fc.Arbitrary<
      NonNullable<PolicySettings['groupBy']>
    >,
    groupWait: fc.constantFrom(0, 45_000, 5 * minute),
    groupInterval: fc.constantFrom(minute, 5 * minute),
    repeatInterval: fc.constantFrom(6 * minute, 30 * minute),
    throttle: fc.constantFrom(1, 2, 'off') as fc.Arbitrary<number | 'off'>,
    quietHours: fc.constantFrom('off', {
      from: '10:10',
      to: '10:25',
      days: [],
      timezone: 'Europe/Berlin',
      except: 'critical',
    }) as fc.Arbitrary<NonNullable<PolicySettings['quietHours']>>,
  },
  { requiredKeys: [] },
);

/** Half an hour of findings of three rules and a few people, at whole seconds. */
const findings = fc
  .array(
    fc.record({
      // Half minutes, so that findings often come at the very moment at which something is due.
      second: fc.integer({ min: 0, max: 60 }).map((half) => half * 30),
      rule: fc.integer({ min: 0, max: 2 }),
      actor: fc.constantFrom(0, 0, 1, 3),
      level: fc.constantFrom(...levels),
    }),
    { minLength: 1, maxLength: 60 },
  )
  .map((all) =>
    all
      .toSorted((a, b) => a.second - b.second)
      .map(({ second, rule, actor, level }, n) =>
        finding({
          rule: { id: `rule-${rule}`, title: `Rule ${rule}`, level },
          event: {
            id: `event-${n}`,
            time: new Date(Date.UTC(2026, 2, 11, 9) + second * 1000).toISOString(),
            actor: { kind: 'iam-user', name: `user-${actor}`, chain: [] },
          },
        }),
      ),
  );

const ordered = (all: readonly Notified[]): readonly string[] => all.map((one) => JSON.stringify(one)).toSorted();

describe('a simulated delivery', () => {
  test('notifies exactly whom, of what and when a stage does that looks at its clock each second', async () => {
    await fc.assert(
      fc.asyncProperty(findings, policy, policy, async (some, chat, pager) => {
        const settings: DeliverySettings = {
          ...base,
          route: {
            receivers: ['chat', 'lake'],
            ...chat,
            routes: [{ match: { rule: ['rule-1'] }, continue: true, receivers: ['pager'], ...pager, routes: [] }],
          },
          suppressions: {
            known: { name: 'known', match: { actor: ['user-3'] }, owner: 'me', reason: 'known', expires: 'never' },
          },
          inhibitions: {
            down: {
              name: 'down',
              source: { rule: ['rule-0'] },
              target: { rule: ['rule-2'] },
              equal: ['account'],
              forMs: 10 * minute,
              reason: 'down',
            },
          },
        };
        expect(ordered(await simulated(some, settings))).toEqual(
          ordered(await tickingStage(some, settings, receivers)),
        );
      }),
      { numRuns: 60 },
    );
  });

  test('takes findings of any time, as far as a clock can show it, and no longer where they lie far apart', async () => {
    const times = ['-271821-04-20T00:00:00.000Z', '2026-03-11T09:00:00.000Z', '+275760-09-13T00:00:00.000Z'];
    const notified = await simulated(
      times.map((time, n) => finding({ event: { id: String(n), time } })),
      base,
    );
    expect(notified.filter(({ receiver }) => receiver === 'chat').map(({ time }) => time)).toEqual([
      '1970-01-01T00:00:00.000Z',
      '2026-03-11T09:00:00.000Z',
      '9999-12-31T00:00:00.000Z',
    ]);
  });

  test('runs on until nothing is pending', async () => {
    const quietHours = {
      from: '00:00',
      to: '00:00',
      days: ['wed', 'thu'],
      timezone: 'UTC',
      except: 'critical',
    } as const;
    const notified = await simulated([finding()], {
      ...base,
      route: { ...base.route, receivers: ['chat'], quietHours },
    });
    // 2026-03-11 is a Wednesday.
    expect(notified.map(({ time }) => time)).toEqual(['2026-03-13T00:00:00.000Z']);
  });

  test('takes up more than a page of groups that are due at one moment, with several entries each', async () => {
    const quietHours = { from: '09:00', to: '12:00', days: [], timezone: 'UTC', except: 'critical' } as const;
    const people = Array.from({ length: 150 }, (_, n) => `user-${n}`);
    // The last look for more comes at the very end of the quiet hours.
    const many = [0, 120, 179 * 60 + 30].flatMap((seconds) =>
      people.map((name) =>
        finding({
          event: {
            id: `${name} ${seconds}`,
            time: new Date(Date.UTC(2026, 2, 11, 9, 0, seconds)).toISOString(),
            actor: { kind: 'iam-user', name, chain: [] },
          },
        }),
      ),
    );
    const settings = {
      ...base.route,
      receivers: ['chat'],
      throttle: 'off',
      groupInterval: minute,
      quietHours,
    } as const;
    const notified = await simulated(many, { ...base, route: settings });
    expect(notified).toHaveLength(150);
    expect(new Set(notified.map(({ time, count }) => `${time} ${count}`))).toEqual(
      new Set(['2026-03-11T12:00:00.000Z 3']),
    );
  });

  test('sends a canary of a stage to nobody', async () => {
    const canary = finding({ event: { source: { product: 'trailwatch', services: ['canary'] } } });
    expect((await simulated([canary], base)).map(({ receiver }) => receiver)).toEqual(['canary']);
  });

  test('a decision comes before its notifications', async () => {
    const facts: SimulatedFact['kind'][] = [];
    await simulateDelivery([finding()], {
      decider: createDecider(base),
      receivers: [{ name: 'chat' }],
      observe: ({ kind }) => facts.push(kind),
    });
    expect(facts).toEqual(['decided', 'notified']);
  });
});
