import { expect, test } from '@jest/globals';
import { partitionDays, readPeriod } from '../../../../src/report/definition/period.ts';

const now = new Date('2026-05-20T10:30:15.500Z');

test.each([
  { period: '2026-03-11', from: '2026-03-11T00:00:00Z', to: '2026-03-12T00:00:00Z' },
  { period: '2026-02', from: '2026-02-01T00:00:00Z', to: '2026-03-01T00:00:00Z' },
  { period: '2025-Q4', from: '2025-10-01T00:00:00Z', to: '2026-01-01T00:00:00Z' },
  { period: '2026-Q2', from: '2026-04-01T00:00:00Z', to: '2026-07-01T00:00:00Z' },
  { period: '999999w', from: '0001-01-01T00:00:00Z', to: '2026-05-20T10:30:16Z' },
  { period: '2025', from: '2025-01-01T00:00:00Z', to: '2026-01-01T00:00:00Z' },
  { period: '90d', from: '2026-02-19T10:30:15Z', to: '2026-05-20T10:30:16Z' },
  { period: 'last quarter', from: '2026-01-01T00:00:00Z', to: '2026-04-01T00:00:00Z' },
  { period: 'this week', from: '2026-05-18T00:00:00Z', to: '2026-05-25T00:00:00Z' },
  { period: 'Last Month', from: '2026-04-01T00:00:00Z', to: '2026-05-01T00:00:00Z' },
  { period: 'yesterday', from: '2026-05-19T00:00:00Z', to: '2026-05-20T00:00:00Z' },
])('the period $period is from $from to before $to', ({ period, from, to }) => {
  expect(readPeriod({ period }, now)).toEqual({ from, to });
});

test('the last quarter of a January lies in the year before', () => {
  const { from, to } = readPeriod({ period: 'last quarter' }, new Date('2026-01-05T00:00:00Z'));
  expect([from, to]).toEqual(['2025-10-01T00:00:00Z', '2026-01-01T00:00:00Z']);
});

test('from is the beginning and to the end of what is named', () => {
  const asked = { from: '2026-01', to: '2026-03' };
  expect(readPeriod(asked, now)).toEqual({ from: '2026-01-01T00:00:00Z', to: '2026-04-01T00:00:00Z' });
});

test('from alone reaches until now, and the event of this very second belongs to it', () => {
  expect(readPeriod({ from: '2026-05-01' }, now).to).toBe('2026-05-20T10:30:16Z');
});

test('a time with a zone is turned to UTC', () => {
  const asked = { from: '2026-01-01T00:00:00+02:00', to: '2026-01-02' };
  expect(readPeriod(asked, now).from).toBe('2025-12-31T22:00:00Z');
});

test.each([
  { rule: 'a day that is none', asked: { period: '2026-02-30' }, says: /not a period or date/ },
  { rule: 'a month that is none', asked: { period: '2026-13' }, says: /not a period or date/ },
  { rule: 'words without meaning', asked: { from: 'soon' }, says: /not a period or date/ },
  { rule: 'the edges the wrong way round', asked: { from: '2026-04', to: '2026-01' }, says: /must be before --to/ },
  { rule: 'the future', asked: { from: '2027-01' }, says: /future/ },
  { rule: 'a period in the future', asked: { period: '2026-Q4' }, says: /--period 2026-Q4 is in the future/ },
  { rule: 'no days', asked: { period: '0d' }, says: /--period "0d": expected a span longer than zero/ },
  { rule: 'no hours', asked: { period: '00h' }, says: /--period "00h": expected a span longer than zero/ },
  { rule: 'a start of no time ago', asked: { from: '0w' }, says: /--from "0w": expected a span longer than zero/ },
  { rule: 'a negative span', asked: { period: '-1d' }, says: /not a period or date/ },
  { rule: 'a period and an edge', asked: { period: '90d', from: '2026-01' }, says: /exclude each other/ },
])('$rule is refused', ({ asked, says }) => {
  expect(() => readPeriod(asked, now)).toThrow(says);
});

test('a file may lie on the day after its events', () => {
  const period = { from: '2026-01-01T00:00:00Z', to: '2026-02-01T00:00:00Z' };
  expect(partitionDays(period)).toEqual({ first: '2026/01/01', last: '2026/02/02' });
});
