import type { Fields } from '../../model/log-record.ts';
import { timespanOf } from '../../sigma/index.ts';
import { timeFields } from './event-time.ts';

/** Repeated is an entry of a test's `events` that stands for many: an event, how many times, and how far apart. */
interface Repeated {
  readonly event: unknown;
  readonly repeat: unknown;
}

const maxTimes = 10_000;

/** isRepeated tells a repeated event from a plain one, which has fields of its own beside. */
export function isRepeated(entry: Fields): entry is Fields & Repeated {
  const keys = Object.keys(entry);
  return keys.length === 2 && keys.includes('event') && keys.includes('repeat');
}

/**
 * repeated writes out a repeated event: each one's times are `every` later than those of the one before, and `{n}` in
 * its texts is its number, from 1. A text says what is wrong with the entry.
 */
export function repeated({ event, repeat }: Repeated): readonly Fields[] | string {
  if (typeof event !== 'object' || event === null || Array.isArray(event))
    return '`event` must hold an event: a map of field and value';
  if (typeof repeat !== 'object' || repeat === null || Array.isArray(repeat))
    return '`repeat` must be a map: { times: 30, every: 10s }';
  const { times, every, ...rest } = repeat as Fields;
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) return `\`repeat\`: unknown key ${JSON.stringify(unknown)}; known: times, every`;
  if (typeof times !== 'number' || !Number.isInteger(times) || times < 2 || times > maxTimes)
    return `\`times\` must be a whole number from 2 to ${maxTimes}`;
  const step = every === '0s' ? 0 : typeof every === 'string' ? timespanOf(every) : undefined;
  if (step === undefined) return '`every` must be the time from one event to the next, e.g. 10s or 5m (0s: none)';
  return Array.from({ length: times }, (_, index) => {
    const own = numbered(event, index + 1) as Fields;
    return { ...own, ...Object.fromEntries(timeFields.flatMap((name) => later(own[name], name, index * step))) };
  });
}

function numbered(value: unknown, n: number): unknown {
  if (typeof value === 'string') return value.replaceAll('{n}', String(n));
  if (Array.isArray(value)) return value.map((each) => numbered(each, n));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, numbered(each, n)]));
}

function later(time: unknown, name: string, ms: number): readonly (readonly [string, string])[] {
  if (ms === 0 || typeof time !== 'string' || Number.isNaN(Date.parse(time))) return [];
  const iso = new Date(Date.parse(time) + ms).toISOString();
  // CloudTrail's times are whole seconds, and stay so.
  return [[name, time.includes('.') ? iso : iso.replace('.000Z', 'Z')]];
}
