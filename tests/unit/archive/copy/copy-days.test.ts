import { describe, expect, test } from '@jest/globals';
import { coveredDays, folderAfter, daysIn, foldersToCopy, rangesOf } from '../../../../src/archive/copy/copy-days.ts';
import { lastWholeDays } from '../../../../src/archive/copy/copy-trail.ts';
import { readingOf } from '../../../../src/archive/copy/reading.ts';

const folder = (day: string, more: Readonly<Record<string, unknown>> = {}) => ({
  day,
  scope: 's',
  whole: true,
  done: [],
  records: 1,
  events: 1,
  copiedAt: '2026-06-01T00:00:00Z',
  ...more,
});

describe('days', () => {
  test('follow each other over months, leap days and years', () => {
    expect(folderAfter('2028/02/28')).toBe('2028/02/29');
    expect(folderAfter('2026/01/01', -1)).toBe('2025/12/31');
    expect(daysIn({ from: '2026/02/27', to: '2026/03/01' })).toEqual(['2026/02/27', '2026/02/28', '2026/03/01']);
    expect(lastWholeDays(new Date('2026-03-01T00:00:00Z'), 2)).toEqual({ from: '2026/02/27', to: '2026/02/28' });
  });

  test('in a row are a range', () => {
    expect(rangesOf(['2026/03/03', '2026/02/28', '2026/03/01', '2026/03/05'])).toEqual([
      { from: '2026/02/28', to: '2026/03/01' },
      { from: '2026/03/03', to: '2026/03/03' },
      { from: '2026/03/05', to: '2026/03/05' },
    ]);
  });

  test.each([
    { rule: 'the next folder is in', folders: [folder('2026/03/10'), folder('2026/03/11')], covered: ['2026/03/10'] },
    { rule: 'the next folder is not in', folders: [folder('2026/03/10')], covered: [] },
    {
      rule: 'the next folder is not whole',
      folders: [folder('2026/03/10'), folder('2026/03/11', { whole: false })],
      covered: [],
    },
    {
      rule: 'it was copied for fewer accounts',
      folders: [folder('2026/03/10', { scope: 'before' }), folder('2026/03/11')],
      covered: [],
    },
  ])('what is covered of 2026/03/10 when $rule', ({ folders, covered }) => {
    expect(coveredDays(folders, () => 's')).toEqual(covered);
  });

  test.each([
    { rule: 'unknown', folders: [], now: '2026-03-11T05:00:00Z', wanted: true },
    { rule: 'known and settled', folders: [folder('2026/03/10')], now: '2026-06-02T00:00:00Z', wanted: false },
    { rule: 'not whole', folders: [folder('2026/03/10', { whole: false })], now: '2026-06-02T00:00:00Z', wanted: true },
    {
      rule: 'copied early, the same morning',
      folders: [folder('2026/03/10', { copiedAt: '2026-03-11T05:00:00Z' })],
      now: '2026-03-11T06:00:00Z',
      wanted: false,
    },
    {
      rule: 'copied early, days later',
      folders: [folder('2026/03/10', { copiedAt: '2026-03-11T05:00:00Z' })],
      now: '2026-03-12T13:00:00Z',
      wanted: true,
    },
  ])('a folder that is $rule is to be copied: $wanted', ({ folders, now, wanted }) => {
    const range = { from: '2026/03/10', to: '2026/03/10' };
    expect(foldersToCopy(range, folders, () => 's', new Date(now))).toEqual(wanted ? ['2026/03/10'] : []);
  });
});

describe('readingOf', () => {
  const march = daysIn({ from: '2026/03/01', to: '2026/03/31' });
  const period = (from: string, to: string) => ({ from: `2026/${from}`, to: `2026/${to}` });
  test.each([
    { rule: 'covered whole', asked: period('03/05', '03/10'), kind: 'copy', whole: true, says: /covers the period/ },
    {
      rule: 'covered to its day',
      asked: period('03/01', '03/31'),
      kind: 'copy',
      whole: true,
      says: /covers the period/,
    },
    {
      rule: 'covered in part',
      asked: period('03/30', '04/02'),
      kind: 'copy',
      whole: false,
      says: /covers 2026\/03\/30 to 2026\/03\/31; the trail's files are read for the other days/,
    },
    { rule: 'not covered', asked: period('04/01', '04/02'), kind: 'raw', whole: undefined, says: /covers no day/ },
  ])('a period that is $rule is read from the $kind', ({ asked, kind, whole, says }) => {
    const reading = readingOf(asked, march);
    expect(reading.kind).toBe(kind);
    expect('whole' in reading ? reading.whole : undefined).toBe(whole);
    expect(reading.reason).toMatch(says);
  });

  test('a copy full of holes is not read: no query of a hundred parts', () => {
    const everyOther = march.filter((_, index) => index % 2 === 0);
    expect(readingOf(period('03/01', '03/31'), everyOther)).toMatchObject({
      kind: 'raw',
      reason: expect.stringMatching(/too many gaps/),
    });
  });
});
