import { expect, test } from '@jest/globals';
import { parseTimeRange } from '../../src/cli/shell/time-range.ts';

const now = new Date('2026-07-20T12:00:00.000Z');

test.each([
  ['a day counts from its start', '2026-07-10', '2026-07-10T00:00:00.000Z'],
  ['a time without a zone is UTC', '2026-07-10T09:30', '2026-07-10T09:30:00.000Z'],
  ['a blank may stand for the T', '2026-07-10 09:30:05', '2026-07-10T09:30:05.000Z'],
  ['a zone is heeded', '2026-07-10T09:30+02:00', '2026-07-10T07:30:00.000Z'],
  ['days before now', '7d', '2026-07-13T12:00:00.000Z'],
  ['hours before now', '36h', '2026-07-19T00:00:00.000Z'],
])('--from: %s', (_rule, text, from) => {
  expect(parseTimeRange(text, undefined, now)).toEqual({ from });
});

test('--to: a day counts to its end', () => {
  expect(parseTimeRange(undefined, '2026-07-10', now)).toEqual({ to: '2026-07-10T23:59:59.999Z' });
});

test.each([
  ['a word', 'yesterday'],
  ['a day that does not exist', '2026-02-31'],
  ['an hour that does not exist', '2026-07-10T25:00'],
  ['a local notation', '07/10/2026'],
  ['nothing', ''],
])('refused: %s', (_rule, text) => {
  expect(() => parseTimeRange(text, undefined, now)).toThrow(/expected a day, a time, or a duration/);
});

test('refused: a range whose end lies before its start', () => {
  expect(() => parseTimeRange('2026-07-11', '2026-07-10', now)).toThrow('--from 2026-07-11 is after --to 2026-07-10');
});
