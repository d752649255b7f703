import { describe, expect, test } from '@jest/globals';
import { createTimeline } from '../../src/cli/findings/casebook/timeline.ts';
import { gatherFindings } from '../../src/cli/findings/gather.ts';
import type { RouteTree } from '../../src/notify/routing/route.ts';
import { caseOf } from './case.ts';
import { finding } from './finding.ts';

const at = (minute: number, second = 0): string => new Date(Date.UTC(2026, 2, 11, 9, minute, second)).toISOString();
const nth = (n: number, level: 'low' | 'critical' = 'low') =>
  finding({ rule: { id: level, level }, event: { id: `e${n}`, time: at(n) }, news: `n${n}` });
/** The same news at each of these minutes after 09:00. */
const times = (minutes: readonly number[], parts: Parameters<typeof finding>[0] = {}) =>
  minutes.map((minute) => finding({ ...parts, event: { id: `e${minute}`, time: at(minute), ...parts.event } }));

const hours = 3_600_000;
const unbounded = { throttle: 'off' } as const;

describe('findings are gathered', () => {
  test('the same fact once, whichever path brought it', () => {
    const gathered = gatherFindings();
    expect(gathered.add(finding())).toBe(true);
    expect(gathered.add(finding({ event: { origin: { path: 'copy.json', index: 0 } } }))).toBe(false);
    expect([...gathered.inOrder()]).toHaveLength(1);
  });

  test('in order of time, whatever order they come in', () => {
    const gathered = gatherFindings();
    for (const one of times([5, 1, 9])) gathered.add(one);
    expect([...gathered.inOrder()].map(({ time }) => time)).toEqual([at(1), at(5), at(9)]);
  });

  test('the first of the most severe news whole, everything else without the record as it was logged', () => {
    const gathered = gatherFindings(2);
    for (let n = 0; n < 60; n++) gathered.add(nth(n, n < 30 ? 'low' : 'critical'));
    // Late comers: one that is the first of its news after all, and one that is not.
    gathered.add(
      finding({ rule: { id: 'critical', level: 'critical' }, event: { id: 'early', time: at(0) }, news: 'n30' }),
    );
    gathered.add(
      finding({ rule: { id: 'critical', level: 'critical' }, event: { id: 'late', time: at(59) }, news: 'n31' }),
    );
    const all = [...gathered.inOrder()];
    const whole = all.filter(({ event }) => Object.keys(event.raw).length > 0);
    expect(all).toHaveLength(62);
    // It holds more than it must, so that letting go costs little.
    expect(whole.length).toBeLessThan(30);
    expect(whole.map(({ event }) => event.id)).toEqual(expect.arrayContaining(['early', 'e31']));
    const light = all.find(({ event }) => event.id === 'late');
    expect(light).toMatchObject({
      evidence: [{ field: 'eventName' }],
    });
  });
});

describe('a case', () => {
  test('shows the same news as one alert, by its earliest finding, whatever order they came in', async () => {
    const { alerts } = await caseOf(times([5, 1, 9]));
    expect(alerts).toMatchObject([{ count: 3, first: at(1), last: at(9), finding: { event: { id: 'e1' } } }]);
    expect(alerts[0]?.occurrences.map(({ time }) => time)).toEqual([at(1), at(5), at(9)]);
  });

  test('puts alerts in the order of their first finding', async () => {
    const { alerts } = await caseOf([30, 10, 20].map((n) => nth(n)));
    expect(alerts.map(({ first }) => first)).toEqual([at(10), at(20), at(30)]);
  });

  test('keeps the most severe alerts in full when there are too many, and counts the others', async () => {
    const found = await caseOf(
      Array.from({ length: 200 }, (_, n) => nth(n, n % 100 === 99 ? 'critical' : 'low')),
      {
        limits: { alerts: 3, occurrences: 2, notifications: 2, actors: 10 },
        configuration: { route: { receivers: ['chat'], routes: [], ...unbounded } },
      },
    );
    expect(found).toMatchObject({ findings: 200, alertsTotal: 200, findingsUnlisted: 197, notifications: 200 });
    expect(found.alerts.map(({ finding: { rule } }) => rule.level)).toEqual(['low', 'critical', 'critical']);
    expect(found.byLevel).toMatchObject({ low: 198, critical: 2 });
  });

  test('keeps a bounded number of occurrences, notifications and actors, and the true counts', async () => {
    const spray = Array.from({ length: 50 }, (_, n) =>
      finding({
        event: { id: `u${n}`, time: at(n), actor: { kind: 'host-user', name: `user${n}`, chain: [] } },
        news: 'x',
      }),
    );
    const found = await caseOf([...times(Array.from({ length: 50 }, (_, n) => n * 60)), ...spray], {
      limits: { alerts: 10, occurrences: 2, notifications: 3, actors: 3 },
    });
    expect(found.alerts.map((alert) => [alert.count, alert.occurrences.length, alert.notifications.length])).toEqual([
      [50, 2, 3],
      [50, 2, 3],
    ]);
    expect(found.notifications).toBe(found.alerts.reduce((sum, { notificationsTotal }) => sum + notificationsTotal, 0));
    expect(found.actors).toHaveLength(3);
    expect(found.moreActors).toBe(true);
  });
});

describe('people are notified as a stage would', () => {
  const routed = (route: Omit<RouteTree, 'routes'>) => ({ configuration: { route: { routes: [], ...route } } });
  const notifications = async (...args: Parameters<typeof caseOf>) =>
    (await caseOf(...args)).alerts.flatMap((alert) =>
      alert.notifications.map(({ time, kind, to, count }) => [time.slice(11, 19), kind, to.join(' '), count]),
    );

  test('first at once, an update after the group interval, again after the repeat interval', async () => {
    expect(await notifications(times([0, 1, 2, 7, 300]))).toEqual([
      ['09:00:00', 'first', 'chat', 1],
      ['09:05:00', 'update', 'chat', 3],
      ['09:10:00', 'update', 'chat', 4],
      ['14:00:00', 'repeat', 'chat', 1],
    ]);
  });

  test('after the group wait, of all that came by then', async () => {
    expect(await notifications(times([0, 1, 2]), routed({ receivers: ['chat'], groupWait: 90_000 }))).toEqual([
      ['09:01:30', 'first', 'chat', 2],
      ['09:06:30', 'update', 'chat', 3],
    ]);
  });

  test('not in quiet hours by the time of the records, but when they end', async () => {
    const quietHours = { from: '10:00', to: '12:00', days: [], timezone: 'Europe/Berlin', except: 'critical' } as const;
    const found = await caseOf(times([30, 31]), routed({ receivers: ['chat'], quietHours }));
    // 10:30 in Berlin, where it is UTC+1 in March.
    expect(found.alerts[0]?.notifications).toMatchObject([
      { time: '2026-03-11T11:00:00.000Z', kind: 'first', count: 2, afterQuietHours: true },
    ]);
    const loud = await caseOf(
      times([30], { rule: { level: 'critical' } }),
      routed({ receivers: ['chat'], quietHours }),
    );
    expect(loud.alerts[0]?.notifications).toMatchObject([{ time: at(30), afterQuietHours: false }]);
  });

  test('beyond the throttle as one group, which says so', async () => {
    const burst = Array.from({ length: 8 }, (_, n) =>
      finding({ event: { id: `e${n}`, time: at(0, n) }, news: String(n) }),
    );
    const {
      alerts,
      findingsThrottled,
      notifications: total,
    } = await caseOf(burst, routed({ receivers: ['chat'], throttle: 5 }));
    expect(alerts).toHaveLength(6);
    expect(alerts.map(({ count }) => count)).toEqual([1, 1, 1, 1, 1, 3]);
    expect(alerts[5]?.notifications.map(({ kind, count }) => [kind, count])).toEqual([
      ['first', 1],
      ['update', 3],
    ]);
    expect(total).toBe(7);
    expect(alerts.map(({ throttled }) => throttled)).toEqual([
      ...Array.from({ length: 5 }, () => undefined),
      'more than 5 alerts of this rule',
    ]);
    expect(findingsThrottled).toBe(3);
  });

  test('by the labels of the route: what they share is one alert', async () => {
    const two = [finding({ news: 'a' }), finding({ event: { id: 'other', time: at(13) }, news: 'b' })];
    const found = await caseOf(two, routed({ receivers: ['chat'], groupBy: ['rule', 'account'] }));
    expect(found.alerts.map(({ count }) => count)).toEqual([2]);
  });

  test('each finding apart where the route says so: each is an alert', async () => {
    const found = await caseOf(times([0, 1, 2]), routed({ receivers: ['chat'], groupBy: 'finding' }));
    expect(found.alerts.map(({ count }) => count)).toEqual([1, 1, 1]);
    expect(found.alerts.flatMap((alert) => alert.notifications.map(({ kind }) => kind))).toEqual([
      'first',
      'first',
      'first',
    ]);
  });

  test('what shares the labels of the route later is the same alert again, whoever did it', async () => {
    const two = [finding({ news: 'a' }), finding({ event: { id: 'other', time: at(12 + 300) }, news: 'b' })];
    const found = await caseOf(two, routed({ receivers: ['chat'], groupBy: ['rule', 'account'] }));
    expect(found.alerts).toMatchObject([{ count: 2, notifications: [{ kind: 'first' }, { kind: 'repeat' }] }]);
  });

  test('a program gets each finding, and is named apart', async () => {
    const found = await caseOf(times([0, 1]), routed({ receivers: ['chat', 'lake'] }));
    expect(found.alerts).toMatchObject([{ programs: ['lake'], notifications: [{ to: ['chat'] }, { to: ['chat'] }] }]);
    expect(found.receivers).toEqual([
      { name: 'chat', program: false, notifications: 2 },
      { name: 'lake', program: true, notifications: 2 },
    ]);
  });

  test('receivers that are notified alike are notified once, others apart', async () => {
    const receivers = { chat: { kind: 'teams' }, pager: { kind: 'pagerduty' } } as const;
    const quietHours = { from: '09:00', to: '10:00', days: [], timezone: 'UTC', except: 'critical' } as const;
    const both = { receivers, route: { receivers: ['chat', 'pager'], routes: [] } };
    expect(await notifications(times([0, 1]), { configuration: both })).toEqual([
      ['09:00:00', 'first', 'chat pager', 1],
      ['09:05:00', 'update', 'chat pager', 2],
    ]);
    const everything = { match: {}, routes: [] };
    const apart = {
      receivers,
      route: {
        receivers: [],
        routes: [
          { ...everything, continue: true, receivers: ['pager'] },
          { ...everything, continue: false, receivers: ['chat'], quietHours },
        ],
      },
    };
    expect(await notifications(times([0]), { configuration: apart })).toEqual([
      ['09:00:00', 'first', 'pager', 1],
      ['10:00:00', 'first', 'chat', 1],
    ]);
  });

  test('nobody where the route says none: the alert is there all the same', async () => {
    const found = await caseOf(times([0, 1]), routed({ receivers: [] }));
    expect(found).toMatchObject({ findings: 2, alertsTotal: 1, alertsToNobody: 1, notifications: 0, worst: 'high' });
    expect(found.alerts).toMatchObject([{ count: 2, notifications: [], route: 'route: no route below takes it' }]);
  });
});

describe('what is held back', () => {
  const minutes = [0, 10, 20];
  const suppression = { name: 'known', match: { level: ['high'] }, owner: 'me@example.com', reason: 'as known' };
  const target = { rule: ['rule-1'] };

  test.each([
    {
      why: 'a suppression says so, with owner and reason',
      configuration: { suppressions: { known: { ...suppression, expires: 'never' } } },
      heldBack: {
        by: 'suppressed',
        name: 'known',
        owner: 'me@example.com',
        reason: 'as known',
        until: 'never',
        findings: 3,
      },
    },
    {
      why: 'the rule is in trial',
      configuration: {
        trials: { try: { name: 'try', rules: ['rule-1'], until: '2026-03-31', owner: 'us@example.com' } },
      },
      heldBack: { by: 'trial', name: 'try', owner: 'us@example.com', until: '2026-03-31', findings: 3 },
    },
  ])('$why', async ({ configuration, heldBack }) => {
    const found = await caseOf(times(minutes), { configuration });
    expect(found).toMatchObject({ findings: 0, alertsTotal: 0, notifications: 0, heldBack: [heldBack] });
    expect(found.heldBack[0]).toMatchObject({ rule: { id: 'rule-1' }, first: at(0), last: at(20) });
    expect(found).not.toHaveProperty('worst');
  });

  test('another finding inhibits it, for as long as configured', async () => {
    const configuration = {
      inhibitions: {
        down: {
          name: 'down',
          source: { rule: ['down'] },
          target,
          equal: ['account'] as const,
          forMs: 15 * 60_000,
          reason: 'what is down is not slow',
        },
      },
    };
    const down = finding({ rule: { id: 'down' }, event: { id: 'down', time: at(5) }, news: 'down' });
    const found = await caseOf([down, ...times(minutes)], { configuration });
    // 09:00 was before it, 09:20 is the moment at which it ends.
    expect(found.heldBack).toMatchObject([
      { by: 'inhibited', name: 'down', reason: 'what is down is not slow', findings: 1, first: at(10) },
    ]);
    expect(found.findings).toBe(3);
  });

  test('by the time of the records: what has expired by then holds nothing back', async () => {
    const ended = { suppressions: { known: { ...suppression, expires: '2026-03-10' } } };
    expect(await caseOf(times(minutes), { configuration: ended })).toMatchObject({ findings: 3, heldBack: [] });
    const lasting = { suppressions: { known: { ...suppression, expires: '2026-03-11' } } };
    expect(await caseOf(times(minutes), { configuration: lasting })).toMatchObject({ findings: 0 });
  });
});

test('findings below the level that was asked for are left out, and still decide', async () => {
  const configuration = {
    inhibitions: {
      down: {
        name: 'down',
        source: { level: ['low'] },
        target: { level: ['high'] },
        equal: ['account'] as const,
        forMs: hours,
        reason: 'known',
      },
    },
  };
  const low = finding({ rule: { id: 'low', level: 'low' }, event: { id: 'low', time: at(0) }, news: 'low' });
  const found = await caseOf([low, ...times([1])], { configuration, level: 'high' });
  expect(found).toMatchObject({
    findings: 0,
    alertsTotal: 0,
    notifications: 0,
    heldBack: [{ by: 'inhibited' }],
    worst: 'low',
  });
});

describe('a timeline', () => {
  test('widens its bars as time grows and loses no finding', () => {
    const timeline = createTimeline(10);
    for (let minute = 0; minute < 600; minute++) timeline.add(at(minute), 'high');
    const { barMs, bars } = timeline.read();
    expect(barMs).toBe(3_600_000);
    expect(bars.length).toBeLessThanOrEqual(10);
    expect(bars.reduce((sum, { counts }) => sum + counts.high, 0)).toBe(600);
  });

  test('stays bounded when a wrong clock puts an event centuries away', () => {
    const timeline = createTimeline(10);
    for (const time of [at(0), '0001-01-01T00:00:00.000Z', '9999-12-31T23:59:59.000Z', 'never'])
      timeline.add(time, 'low');
    const { bars } = timeline.read();
    expect(bars.reduce((sum, { counts }) => sum + counts.low, 0)).toBe(3);
  });
});
