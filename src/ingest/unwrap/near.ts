import { hash } from 'node:crypto';
import type { Fields } from '../../model/log-record.ts';
import { timeOf } from '../../time/iso-time.ts';
import { storeTime } from '../../time/store-time.ts';

/** Near is a wrapping around a value, with those around it. What it says is asked for only where a record was found. */
export interface Near {
  readonly value: Fields;
  readonly outer: Near | undefined;
}

/** The names that stores, shippers and queues give to a time; the time of an event precedes that of its arrival. */
const timeNames = [
  '_time',
  '_messagetime',
  'Time',
  'Timestamp',
  'event_time',
  'eventTimestamp',
  'TimeGenerated',
  'Date',
  '@timestamp',
  '@ingestionTime',
  'approximateArrivalTimestamp',
  'ApproximateArrivalTimestamp',
];

/** How many values of a wrapping make up its key, and how many characters of each. */
const keyValues = 24;
const keyChars = 200;

/** nearTime is the time (ISO 8601) of the innermost wrapping that has one. */
export function nearTime(near: Near | undefined): string | undefined {
  for (let at = near; at !== undefined; at = at.outer) {
    const { value } = at;
    const time = timeOf(value) ?? timeNames.map((name) => storeTime(value[name])).find((found) => found !== undefined);
    if (time !== undefined) return time;
  }
  return undefined;
}

/** nearKey distinguishes equal texts in different wrappings: a hash over the scalars of each wrapping. */
export function nearKey(near: Near | undefined): string {
  const parts: string[] = [];
  for (let at = near; at !== undefined; at = at.outer) {
    let values = 0;
    for (const [name, one] of Object.entries(at.value)) {
      if (values === keyValues) break;
      if (typeof one !== 'string' && typeof one !== 'number') continue;
      values++;
      parts.push(name, String(one).slice(0, keyChars));
    }
  }
  return hash('sha256', JSON.stringify(parts)).slice(0, 32);
}
