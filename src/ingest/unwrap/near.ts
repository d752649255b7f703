import { hash } from 'node:crypto';
import type { Fields } from '../../model/log-record.ts';
import { timeOf } from '../../time/iso-time.ts';
import { storeTime } from '../../time/store-time.ts';

/** Near is what the wrappings around a record say about it. */
export interface Near {
  /** ISO 8601: of the innermost wrapping that has one. */
  readonly time?: string;
  /** Tells equal lines of different wrappings apart. */
  readonly key: string;
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
  '@ingestionTime',
  'approximateArrivalTimestamp',
  'ApproximateArrivalTimestamp',
];

/** How many values of a wrapping make up its key, and how many characters of each. */
const keyValues = 24;
const keyChars = 200;

/** nearOf gives the surroundings of an object's content. */
export function nearOf(value: Fields, outer: Near): Near {
  const time = wrappingTime(value) ?? outer.time;
  return { key: keyOf(value, outer.key), ...(time !== undefined && { time }) };
}

/** wrappingTime is the time that a wrapping says. */
function wrappingTime(value: Fields): string | undefined {
  return timeOf(value) ?? timeNames.map((name) => storeTime(value[name])).find((time) => time !== undefined);
}

function keyOf(value: Fields, outer: string): string {
  const parts: string[] = [outer];
  for (const [name, one] of Object.entries(value)) {
    if (parts.length > keyValues) break;
    if (typeof one === 'string' || typeof one === 'number') parts.push(name, String(one).slice(0, keyChars));
  }
  return hash('sha256', JSON.stringify(parts)).slice(0, 32);
}
