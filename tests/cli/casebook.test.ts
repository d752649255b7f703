import { describe, expect, test } from '@jest/globals';
import { createCasebook } from '../../src/cli/findings/casebook/casebook.ts';
import { createTimeline } from '../../src/cli/findings/casebook/timeline.ts';
import { finding } from './finding.ts';

const at = (minute: number): string => new Date(Date.UTC(2026, 2, 11, 9, minute)).toISOString();
const nth = (n: number, level: 'low' | 'critical' = 'low') =>
  finding({ rule: { id: level, level }, event: { id: `e${n}`, time: at(n) }, news: `n${n}` });

describe('a casebook', () => {
  test('counts the same fact once, whichever path brought it', () => {
    const book = createCasebook();
    expect(book.add(finding())).toBe(true);
    expect(book.add(finding({ event: { origin: { path: 'copy.json', index: 0 } } }))).toBe(false);
    expect(book.read()).toMatchObject({ findings: 1, alertsTotal: 1, alerts: [{ count: 1 }] });
  });

  test('tells the same news as one alert, by its earliest finding, whatever order they came in', () => {
    const book = createCasebook();
    for (const minute of [5, 1, 9]) book.add(finding({ event: { id: `e${minute}`, time: at(minute) } }));
    const [alert, ...others] = book.read().alerts;
    expect(others).toEqual([]);
    expect(alert).toMatchObject({ count: 3, first: at(1), last: at(9), finding: { event: { id: 'e1' } } });
    expect(alert?.occurrences.map(({ time }) => time)).toEqual([at(1), at(5), at(9)]);
  });

  test('puts alerts in the order of their first finding', () => {
    const book = createCasebook();
    for (const minute of [30, 10, 20]) book.add(nth(minute));
    expect(book.read().alerts.map(({ first }) => first)).toEqual([at(10), at(20), at(30)]);
  });

  test('keeps the most severe alerts in full when there are too many, and counts the others', () => {
    const book = createCasebook({ alerts: 3, occurrences: 2, actors: 10 });
    for (let n = 0; n < 200; n++) book.add(nth(n, n % 100 === 99 ? 'critical' : 'low'));
    // Copies and late findings of a forgotten alert neither count twice nor bring it back.
    for (let n = 0; n < 200; n++) book.add(nth(n, n % 100 === 99 ? 'critical' : 'low'));
    const found = book.read();
    expect(found).toMatchObject({ findings: 200, alertsTotal: 200, findingsUntold: 197 });
    expect(found.alerts.map(({ finding: { rule } }) => rule.level)).toEqual(['low', 'critical', 'critical']);
    expect(found.byLevel).toMatchObject({ low: 198, critical: 2 });
  });

  test('keeps a bounded number of occurrences and actors, and the true count', () => {
    const book = createCasebook({ alerts: 10, occurrences: 2, actors: 3 });
    for (let n = 0; n < 50; n++) book.add(finding({ event: { id: `e${n}`, time: at(n) } }));
    for (let n = 0; n < 50; n++) {
      book.add(
        finding({ event: { id: `u${n}`, actor: { kind: 'host-user', name: `user${n}`, chain: [] } }, news: 'spray' }),
      );
    }
    const found = book.read();
    expect(found.alerts.map(({ count, occurrences }) => [count, occurrences.length])).toEqual([
      [50, 2],
      [50, 2],
    ]);
    expect(found.actors).toHaveLength(3);
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
