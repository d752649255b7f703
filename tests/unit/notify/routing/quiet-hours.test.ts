import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { QuietHours } from '../../../../src/notify/routing/group-policy.ts';
import { quietUntil } from '../../../../src/notify/routing/quiet-hours.ts';

const night: QuietHours = { from: '22:00', to: '07:00', days: [], timezone: 'Europe/Berlin', except: 'critical' };
const weekend: QuietHours = { ...night, days: ['sat', 'sun'] };

function until(quiet: QuietHours | undefined, at: string, level: 'low' | 'high' | 'critical' = 'high') {
  return quietUntil(quiet, level, new Date(at))
    ?.toISOString()
    .replace(/:00\.000Z$/, 'Z');
}

describe('quiet until', () => {
  test.each<[string, QuietHours | undefined, string, string | undefined]>([
    ['no quiet hours', undefined, '2026-03-11T23:00Z', undefined],
    ['before they begin', night, '2026-03-11T20:59:59.999Z', undefined],
    ['from their first moment', night, '2026-03-11T21:00Z', '2026-03-12T06:00Z'],
    ['after midnight', night, '2026-03-12T02:00Z', '2026-03-12T06:00Z'],
    ['to their last moment', night, '2026-03-12T05:59:59.999Z', '2026-03-12T06:00Z'],
    ['not at their end', night, '2026-03-12T06:00Z', undefined],
    ['in summer an hour earlier, in UTC', night, '2026-07-11T20:00Z', '2026-07-12T05:00Z'],
    ['hours of one day', { ...night, from: '12:00', to: '13:30' }, '2026-03-11T11:00Z', '2026-03-11T12:30Z'],
    ['and not the night around them', { ...night, from: '12:00', to: '13:30' }, '2026-03-11T23:00Z', undefined],
    ['a night, two days and a night are one stretch', weekend, '2026-03-13T21:30Z', '2026-03-16T06:00Z'],
    ['in the middle of it', weekend, '2026-03-14T12:00Z', '2026-03-16T06:00Z'],
    ['whole days alone', { ...weekend, from: '00:00', to: '00:00' }, '2026-03-13T23:00Z', '2026-03-15T23:00Z'],
    ['not before midnight there', { ...weekend, from: '00:00', to: '00:00' }, '2026-03-13T22:59Z', undefined],
    ['before 1970', night, '1969-12-31T23:00Z', '1970-01-01T06:00Z'],
  ])('%s', (_rule, quiet, at, wanted) => {
    expect(until(quiet, at)).toBe(wanted);
  });

  test.each<['low' | 'high' | 'critical', QuietHours['except'], boolean]>([
    ['critical', 'critical', false],
    ['high', 'critical', true],
    ['critical', 'high', false],
    ['high', 'high', false],
    ['low', 'high', true],
  ])('%s, where %s notifies all the same', (level, except, quiet) => {
    expect(until({ ...night, except }, '2026-03-11T23:00Z', level) !== undefined).toBe(quiet);
  });
});

const at = (timezone: string, from: string, to: string): QuietHours => ({ ...night, timezone, from, to });

describe('where clocks change', () => {
  // Berlin: 02:00 → 03:00 on 2026-03-29, 03:00 → 02:00 on 2026-10-25, both at 01:00Z. New York: 02:00 → 03:00 on 2026-03-08
  // (07:00Z), 02:00 → 01:00 on 2026-11-01 (06:00Z). Lord Howe changes by half an hour: 02:00 → 02:30 on 2026-10-04
  // (2026-10-03T15:30Z), 02:00 → 01:30 on 2026-04-05 (2026-04-04T15:00Z).
  const berlin = (from: string, to: string) => at('Europe/Berlin', from, to);
  const newYork = (from: string, to: string) => at('America/New_York', from, to);
  const lordHowe = (from: string, to: string) => at('Australia/Lord_Howe', from, to);
  test.each<[string, QuietHours, string, string | undefined]>([
    ['a night in which an hour is skipped', berlin('22:00', '07:00'), '2026-03-28T22:00Z', '2026-03-29T05:00Z'],
    ['a night in which one comes twice', berlin('22:00', '07:00'), '2026-10-24T21:00Z', '2026-10-25T06:00Z'],
    ['an end that is skipped is the skip', berlin('22:00', '02:30'), '2026-03-28T23:00Z', '2026-03-29T01:00Z'],
    ['a begin that is skipped, too', berlin('02:30', '06:00'), '2026-03-29T01:00Z', '2026-03-29T04:00Z'],
    ['not a moment before', berlin('02:30', '06:00'), '2026-03-29T00:59:59Z', undefined],
    ['what is skipped as a whole is never', berlin('02:10', '02:50'), '2026-03-29T01:00Z', undefined],
    [
      'an end that comes twice counts the first time',
      berlin('22:00', '02:30'),
      '2026-10-25T00:10Z',
      '2026-10-25T00:30Z',
    ],
    ['and is over the second time', berlin('22:00', '02:30'), '2026-10-25T01:10Z', undefined],
    [
      'a begin that comes twice counts the first time',
      berlin('02:30', '06:00'),
      '2026-10-25T00:30Z',
      '2026-10-25T05:00Z',
    ],
    ['and goes on when the clock goes back', berlin('02:30', '06:00'), '2026-10-25T01:10Z', '2026-10-25T05:00Z'],
    ['New York, a night with a skipped hour', newYork('22:00', '06:30'), '2026-03-08T05:00Z', '2026-03-08T10:30Z'],
    ['New York, an end in the skipped hour', newYork('22:00', '02:15'), '2026-03-08T06:59Z', '2026-03-08T07:00Z'],
    ['New York, a night with an hour twice', newYork('22:00', '06:30'), '2026-11-01T04:00Z', '2026-11-01T11:30Z'],
    [
      'New York, an end in the hour that comes twice',
      newYork('22:00', '01:30'),
      '2026-11-01T05:00Z',
      '2026-11-01T05:30Z',
    ],
    ['New York, the second time', newYork('22:00', '01:30'), '2026-11-01T06:10Z', undefined],
    [
      'Lord Howe, a night with a skipped half hour',
      lordHowe('22:00', '07:00'),
      '2026-10-03T14:00Z',
      '2026-10-03T20:00Z',
    ],
    ['Lord Howe, an end in it', lordHowe('22:00', '02:15'), '2026-10-03T15:00Z', '2026-10-03T15:30Z'],
    ['Lord Howe, a night with a half hour twice', lordHowe('22:00', '07:00'), '2026-04-04T14:00Z', '2026-04-04T20:30Z'],
    ['Lord Howe, an end in it, first', lordHowe('22:00', '01:45'), '2026-04-04T14:40Z', '2026-04-04T14:45Z'],
    ['Lord Howe, an end in it, second', lordHowe('22:00', '01:45'), '2026-04-04T15:10Z', undefined],
    [
      'a day of 23 hours is quiet from midnight to midnight',
      { ...night, from: '00:00', to: '00:00', days: ['sun'] },
      '2026-03-28T23:00Z',
      '2026-03-29T22:00Z',
    ],
    [
      'and one of 25',
      { ...night, from: '00:00', to: '00:00', days: ['sun'] },
      '2026-10-24T22:00Z',
      '2026-10-25T23:00Z',
    ],
    // Cairo skips from 00:00 to 01:00 on 2026-04-24 (2026-04-23T22:00Z).
    [
      'a day without a midnight begins after the skip',
      { ...at('Africa/Cairo', '00:00', '00:00'), days: ['fri'] },
      '2026-04-23T22:00Z',
      '2026-04-24T21:00Z',
    ],
    // Apia went over the date line: there was no 2011-12-30.
    [
      'a day that never was is not quiet',
      { ...at('Pacific/Apia', '00:00', '00:00'), days: ['fri'] },
      '2011-12-30T10:00Z',
      undefined,
    ],
  ])('%s', (_rule, quiet, moment, wanted) => {
    expect(until(quiet, moment)).toBe(wanted);
  });
});

/** The same by looking at the clock every minute from two days before on. */
function byMinutes({ from, to, days, timezone }: QuietHours, now: number): boolean {
  const clock = new Intl.DateTimeFormat('sv-SE', { timeZone: timezone, dateStyle: 'short', timeStyle: 'short' });
  const day = new Intl.DateTimeFormat('en-US', { timeZone: timezone, weekday: 'short' });
  const ends = new Set<string>();
  let [quiet, whole] = [false, false];
  let latest = '';
  for (let at = now - 49 * 3_600_000; at <= now; at += 60_000) {
    const shown = clock.format(at);
    // A minute that the clock shows again changes nothing.
    if (shown <= latest) continue;
    for (const [edge, value] of [
      [from, true],
      [to, false],
    ] as const) {
      for (const date of [latest.slice(0, 10), shown.slice(0, 10)]) {
        const moment = `${date} ${edge}`;
        if (latest !== '' && moment > latest && moment <= shown && !ends.has(moment)) {
          ends.add(moment);
          quiet = value;
        }
      }
    }
    latest = shown;
    whole = (days as readonly string[]).includes(day.format(at).toLowerCase());
  }
  return (from !== to && quiet) || whole;
}

test('agrees with a look at the clock every minute', () => {
  const zones = [
    'Europe/Berlin',
    'America/New_York',
    'Australia/Lord_Howe',
    'America/Sao_Paulo',
    'Asia/Kolkata',
    'UTC',
  ];
  const edge = fc.tuple(fc.nat(23), fc.nat(3)).map(([h, q]) => `${String(h).padStart(2, '0')}:${q * 15 || '00'}`);
  // Around the changes of clocks of 2026, and any other time of the year.
  const moments = ['2026-03-08', '2026-03-29', '2026-04-05', '2026-10-04', '2026-10-25', '2026-11-01', '2026-07-01'];
  const moment = fc
    .tuple(fc.constantFrom(...moments), fc.integer({ min: -36 * 60, max: 36 * 60 }))
    .map(([on, minutes]) => Date.parse(on) + minutes * 60_000);
  fc.assert(
    fc.property(fc.constantFrom(...zones), edge, edge, moment, (timezone, from, to, now) => {
      fc.pre(from !== to);
      const quiet: QuietHours = { ...night, from, to, days: [], timezone };
      expect(quietUntil(quiet, 'low', new Date(now)) !== undefined).toBe(byMinutes(quiet, now));
    }),
    { numRuns: 60 },
  );
});

test('a notification at the end of quiet hours goes out: no other stretch begins there', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4_000_000_000 }), (seconds) => {
      const end = quietUntil(weekend, 'low', new Date(seconds * 1000));
      expect(end && quietUntil(weekend, 'low', end)).toBeUndefined();
    }),
    { numRuns: 300 },
  );
});
