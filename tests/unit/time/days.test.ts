import { expect, test } from '@jest/globals';
import { dayOf, daysAfter, daysFrom, folderOf, isDay, isOver } from '../../../src/time/days.ts';

test.each([
  ['2026-12-31', true],
  ['2024-02-29', true],
  ['2000-02-29', true],
  ['2026-02-29', false],
  ['1900-02-29', false],
  ['2026-04-31', false],
  ['2026-13-01', false],
  ['2026-00-10', false],
  ['2026-1-1', false],
  ['2026/01/01', false],
  ['2026-01-01T00:00', false],
  ['', false],
])('isDay: %j is %s', (text, expected) => expect(isDay(text)).toBe(expected));

test('a day is named in UTC, and counted from over months and leap days', () => {
  expect(dayOf(Date.parse('2026-03-11T23:59:59.999Z'))).toBe('2026-03-11');
  expect(dayOf(new Date('2026-03-12T00:30:00+01:00'))).toBe('2026-03-11');
  expect([1, -1, -12].map((days) => daysAfter('2024-03-01', days))).toEqual(['2024-03-02', '2024-02-29', '2024-02-18']);
  expect(folderOf('2026-03-11')).toBe('2026/03/11');
});

test('daysFrom has both ends, and none when the last lies before the first', () => {
  expect(daysFrom('2026-02-27', '2026-03-01')).toEqual(['2026-02-27', '2026-02-28', '2026-03-01']);
  expect(daysFrom('2026-03-01', '2026-02-27')).toEqual([]);
});

test('a last day is over when the next one begins, and never is never', () => {
  expect(isOver('2026-03-11', new Date('2026-03-11T23:59:59.999Z'))).toBe(false);
  expect(isOver('2026-03-11', new Date('2026-03-12T00:00:00Z'))).toBe(true);
  expect(isOver('never', new Date('9999-01-01T00:00:00Z'))).toBe(false);
});
