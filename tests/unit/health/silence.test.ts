import { describe, expect, test } from '@jest/globals';
import { beat, type Heartbeat } from '../../../src/health/heartbeat.ts';
import { silenceOf, type SilenceSettings } from '../../../src/health/silence.ts';
import type { Source } from '../../../src/health/source.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const monday = Date.parse('2026-03-02T00:00:00Z');
const source: Source = { path: 'logs', name: '/hosts/auth', account: '111122223333', region: 'eu-west-1' };

/** lived gives the heartbeat of a source whose records came at such times. */
function lived(times: Iterable<number>): Heartbeat {
  let known: Heartbeat | undefined;
  for (const at of times) known = beat(known, source, at) ?? known;
  if (known === undefined) throw new Error('never heard of');
  return known;
}
function* every(ms: number, from: number, to: number, wanted: (at: number) => boolean = () => true): Iterable<number> {
  for (let at = from; at < to; at += ms) if (wanted(at)) yield at;
}
const officeHours = (at: number): boolean => {
  const when = new Date(at);
  return when.getUTCDay() >= 1 && when.getUTCDay() <= 5 && when.getUTCHours() >= 8 && when.getUTCHours() < 18;
};
const after = (heartbeat: Heartbeat, ms: number): Date => new Date(heartbeat.last + ms);

describe('what is learned', () => {
  const busy = lived(every(5 * minute, monday, monday + 8 * day));
  const office = lived(every(10 * minute, monday, monday + 12 * day, officeHours));

  test.each([
    { rule: 'a source that never rests may rest for an hour', of: busy, quietMs: hour, kind: 'heard' },
    { rule: 'and is silent after it', of: busy, quietMs: hour + minute, kind: 'silent' },
    { rule: 'one that rests at weekends may do so', of: office, quietMs: 64 * hour, kind: 'heard' },
    { rule: 'and for thrice as long', of: office, quietMs: 180 * hour, kind: 'heard' },
    { rule: 'but not longer', of: office, quietMs: 200 * hour, kind: 'silent' },
    {
      rule: 'after a day nobody knows whether it has nights',
      of: lived(every(5 * minute, monday, monday + day)),
      quietMs: 3 * day,
      kind: 'unknown',
    },
    {
      rule: 'a few records in a fortnight are no habit',
      of: lived(every(8 * hour, monday, monday + 14 * day)),
      quietMs: 10 * day,
      kind: 'unknown',
    },
    {
      rule: 'one that rests for a week has no rhythm to learn from',
      of: lived([
        ...every(10 * minute, monday, monday + day),
        ...every(10 * minute, monday + 7 * day, monday + 8 * day),
      ]),
      quietMs: 20 * day,
      kind: 'unknown',
    },
  ])('$rule', ({ of, quietMs, kind }) => {
    expect(silenceOf(of, [], after(of, quietMs)).kind).toBe(kind);
  });

  test('a decision says why', () => {
    expect(silenceOf(busy, [], after(busy, 3 * hour))).toEqual({
      kind: 'silent',
      why: 'quiet for more than 1 h, where 5 min was the longest in its last days',
      quietMs: 3 * hour,
      allowedMs: hour,
    });
  });

  test('what it learned is of the last fortnight with records, so that a habit may change', () => {
    const changed = lived([
      ...every(5 * minute, monday, monday + day),
      ...every(5 * minute, monday + 2 * day, monday + 20 * day),
    ]);
    expect(Object.keys(changed.longest)).toHaveLength(14);
    expect(silenceOf(changed, [], after(changed, 2 * hour)).kind).toBe('silent');
  });

  test('a silence of a day that an attacker made does not count as usual', () => {
    const notified: Heartbeat = { ...busy, notified: busy.last };
    const back = beat(notified, source, notified.last + day);
    expect(back?.longest).toEqual(busy.longest);
  });
});

describe('what is configured', () => {
  const fresh = lived([monday]);
  const rows = (...given: SilenceSettings[]) => given;

  test.each([
    { rule: 'counts from the first record on', settings: rows({ quiet: hour }), kind: 'silent' },
    {
      rule: 'the first row that fits decides',
      settings: rows({ source: ['/hosts/*'], quiet: day }, { quiet: hour }),
      kind: 'heard',
    },
    { rule: 'a row for another source does not', settings: rows({ source: ['/aws/*'], quiet: hour }), kind: 'unknown' },
    { rule: 'nor for another account', settings: rows({ account: ['4*'], quiet: hour }), kind: 'unknown' },
    { rule: 'nor for another region', settings: rows({ region: ['us-*'], quiet: hour }), kind: 'unknown' },
    { rule: 'nor for another path', settings: rows({ path: ['s3', 'event-bus'], quiet: hour }), kind: 'unknown' },
    {
      rule: 'all of a row must fit',
      settings: rows({ path: ['logs'], account: ['1111*'], region: ['eu-*'], quiet: hour }),
      kind: 'silent',
    },
    { rule: 'off is off', settings: rows({ source: ['/hosts/auth'], quiet: 'off' }, { quiet: hour }), kind: 'unknown' },
    { rule: 'learned is as if nothing stood there', settings: rows({ quiet: 'learned' }), kind: 'unknown' },
  ])('$rule', ({ settings, kind }) => {
    expect(silenceOf(fresh, settings, after(fresh, 2 * hour)).kind).toBe(kind);
  });
});
