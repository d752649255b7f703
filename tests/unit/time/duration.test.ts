import { expect, test } from '@jest/globals';
import { durationOf, durationText, durationWords } from '../../../src/time/duration.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

test.each([
  ['0s', 0],
  ['30s', 30_000],
  ['90s', 90_000],
  ['5m', 5 * minute],
  ['4h', 4 * hour],
  ['7d', 7 * day],
])('%s is read as its milliseconds, and written from them', (text, ms) => {
  expect(durationOf(text)).toBe(ms);
  expect(durationText(ms)).toBe(text);
});

test('weeks are read, and written as days', () => {
  expect(durationOf('2w')).toBe(14 * day);
  expect(durationText(14 * day)).toBe('14d');
});

test.each(['', '5', 'm', '5 m', '-5m', '1.5h', '5M', '5y', '1234567s', '5m '])('%j is not a duration', (text) => {
  expect(durationOf(text)).toBeUndefined();
});

test.each([
  [-1, '0 s'],
  [0, '0 s'],
  [40_000, '40 s'],
  [59_400, '59 s'],
  [hour, '1 h'],
  [65 * minute, '1 h 5 min'],
  [day, '1 d'],
  [90_061_000, '1 d 1 h'],
  [2 * day + 4 * hour + 30 * minute, '2 d 4 h'],
])('%d ms are %s to a person', (ms, words) => {
  expect(durationWords(ms)).toBe(words);
});
