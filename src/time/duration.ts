import { dayMs } from './days.ts';

/** A minute in milliseconds. */
export const minuteMs = 60_000;

/** An hour in milliseconds. */
export const hourMs = 60 * minuteMs;

const units = { w: 7 * dayMs, d: dayMs, h: hourMs, m: minuteMs, s: 1_000 } as const;

/** Weeks are read and never written: 14d is what people know a fortnight by. */
const writtenUnits = ['d', 'h', 'm', 's'] as const;

/** durationOf reads `30s`, `5m`, `4h`, `7d` or `2w` as milliseconds; undefined for any other text. */
export function durationOf(text: string): number | undefined {
  const [, amount = '', unit = ''] = /^(\d{1,6})([smhdw])$/.exec(text) ?? [];
  return unit === '' ? undefined : Number(amount) * units[unit as keyof typeof units];
}

/** durationText writes milliseconds as `durationOf` reads them, in the largest unit that says them exactly. */
export function durationText(ms: number): string {
  const unit = (ms > 0 && writtenUnits.find((one) => ms % units[one] === 0)) || 's';
  return `${ms / units[unit]}${unit}`;
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
