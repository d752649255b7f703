import { dayMs } from './days.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

const units = [
  ['d', dayMs],
  ['h', hourMs],
  ['m', minuteMs],
  ['s', 1000],
] as const;

/** durationOf reads `30s`, `5m`, `4h` or `7d` as milliseconds; undefined for any other text. */
export function durationOf(text: string): number | undefined {
  const [, amount = '', letter] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const unit = units.find(([name]) => name === letter);
  return unit === undefined ? undefined : Number(amount) * unit[1];
}

/** durationText writes milliseconds as `durationOf` reads them, in the largest unit that says them exactly. */
export function durationText(ms: number): string {
  const [letter, unit] = (ms > 0 && units.find(([, size]) => ms % size === 0)) || (['s', 1000] as const);
  return `${ms / unit}${letter}`;
}

/** durationWords writes milliseconds for a person, in the two largest units: `2 d 4 h`, `1 h 5 min`, `40 s`. */
export function durationWords(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const parts = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ] as const;
  const first = parts.findIndex(([amount]) => amount > 0);
  if (first === -1) return '0 s';
  const largest = parts.slice(first, first + 2).filter(([amount]) => amount > 0);
  return largest.map(([amount, unit]) => `${amount} ${unit}`).join(' ');
}
