import { describe, expect, test } from '@jest/globals';
import { progressLine } from '../../src/cli/shell/progress.ts';
import { timelineLines } from '../../src/cli/findings/summary.ts';
import { wantsColor } from '../../src/cli/shell/terminal.ts';
import { bytes, count, duration, plural, span } from '../../src/text/amounts.ts';

test.each<[string, Record<string, string>, boolean, boolean]>([
  ['a terminal has colour', {}, true, true],
  ['a pipe has none', {}, false, false],
  ['NO_COLOR takes it away', { NO_COLOR: '1' }, true, false],
  ['an empty NO_COLOR says nothing', { NO_COLOR: '' }, true, true],
  ['FORCE_COLOR gives it to a pipe', { FORCE_COLOR: '1' }, false, true],
  ['FORCE_COLOR=0 takes it away', { FORCE_COLOR: '0' }, true, false],
  ['NO_COLOR outranks FORCE_COLOR', { NO_COLOR: '1', FORCE_COLOR: '1' }, true, false],
  ['a dumb terminal has none', { TERM: 'dumb' }, true, false],
])('%s', (_rule, env, interactive, expected) => {
  expect(wantsColor(env, interactive)).toBe(expected);
});

describe('the progress bar', () => {
  const half = { totalFiles: 10, totalBytes: 2_000_000, files: 4, bytes: 1_000_000, outside: 0, unknown: 0 };

  test('tells part, bytes, files and rate', () => {
    expect(progressLine(half, 500, 100)).toBe('━━━━━━━━━━━━────────────  50%  1.0 MB of 2.0 MB  4/10 files  2.0 MB/s');
  });

  test('never breaks the line of a narrow terminal', () => {
    expect(progressLine(half, 500, 20)).toHaveLength(20);
  });

  test('without a total (standard input) tells what was read', () => {
    expect(progressLine({ ...half, totalBytes: 0 }, 500, 100)).toBe('1.0 MB  2.0 MB/s');
  });
});

describe('the time line', () => {
  const counts = { informational: 0, low: 0, medium: 0, high: 1, critical: 0 };
  const start = Date.UTC(2026, 2, 11, 9);
  const minute = 60_000;

  test('has a column for each span, blank where nothing happened', () => {
    const bars = [
      { start, counts },
      { start: start + 3 * minute, counts: { ...counts, high: 8 } },
    ];
    expect(timelineLines({ barMs: minute, bars }, 90)).toEqual(['2026-03-11 09:00 ▁  █ 09:04 UTC (1 min each)']);
  });

  test('is left out when everything happened in one span', () => {
    expect(timelineLines({ barMs: minute, bars: [{ start, counts }] }, 90)).toEqual([]);
  });
});

test.each([
  [count(1_234_567), '1,234,567'],
  [count(999), '999'],
  [plural(1, 'file'), '1 file'],
  [plural(2, 'entry', 'entries'), '2 entries'],
  [bytes(999), '999 B'],
  [bytes(999_950), '1.0 MB'],
  [bytes(12_345_678), '12 MB'],
  [duration(421), '0.42 s'],
  [duration(200_000), '3 min 20 s'],
  [span(45_000), '45 s'],
  [span(185 * 60_000), '3 h 5 min'],
  [span(9 * 86_400_000), '9 days'],
])('numbers as a person reads them: %s', (written, expected) => {
  expect(written).toBe(expected);
});
