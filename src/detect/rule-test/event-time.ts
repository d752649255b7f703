import type { Fields } from '../../model/log-record.ts';

/** timeFields are the fields in which an event of a rule test may have its time: the first one that holds a time is it. */
export const timeFields = ['eventTime', 'time', 'timestamp'] as const;

/** timeOf is an event's time: ISO 8601, UTC, with milliseconds; undefined when it has none. */
export function timeOf(fields: Fields): string | undefined {
  for (const name of timeFields) {
    const value = fields[name];
    if (typeof value === 'string' && !Number.isNaN(Date.parse(value))) return new Date(value).toISOString();
  }
  return undefined;
}
