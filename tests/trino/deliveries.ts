import type { TableRow } from '../../src/report/duckdb/table.ts';

/**
 * redelivered lays the same events out as a bad month would have them: some twice in a day's folder, some again the day after, some only
 * then, one forty days late.
 */
export function redelivered(trail: readonly TableRow[]): readonly TableRow[] {
  return trail.flatMap((row, index) => {
    if (index === 3) return [days(row, 40)];
    const late = index % 11 === 0;
    const first = late ? days(row, 1) : row;
    return [first, ...(index % 5 === 0 ? [first] : []), ...(index % 7 === 0 ? [days(row, late ? 2 : 1)] : [])];
  });
}

/** stragglers are what comes into the folder of a row after it was copied: that row again, two events without an id, one without a time. */
export function stragglers(row: TableRow): readonly TableRow[] {
  const { eventID: _id, requestID: _request, ...nameless } = row.fields;
  return [
    row,
    { ...row, fields: { ...row.fields, eventID: 'a straggler' } },
    { ...row, fields: { ...nameless, eventName: 'WithoutId' } },
    { ...row, fields: { ...nameless, eventName: 'WithoutId' } },
    { ...row, fields: { ...nameless, eventID: '', eventName: 'WithEmptyId' } },
    { ...row, fields: { ...row.fields, eventID: 'timeless', eventTime: 'yesterday' } },
  ];
}

/** heldOnce names what a copy of deliveries holds, one line an event: account, the day it happened, its id. */
export function heldOnce(deliveries: readonly TableRow[]): readonly string[] {
  const lines = deliveries.map(({ account, time, fields }) => {
    const text = (name: string): string => (typeof fields[name] === 'string' ? fields[name] : '');
    const dated = /^\d{4}-\d{2}-\d{2}T/.test(text('eventTime'));
    const day = (dated ? text('eventTime') : time).slice(0, 10).replaceAll('-', '/');
    const id = text('eventID') || `none ${text('requestID')} ${text('eventTime')} ${text('eventName')}`;
    return `${account} ${day} ${id}`;
  });
  return [...new Set(lines)].toSorted();
}

/** A delivery so many days later; of the events, nothing changes. */
function days(row: TableRow, count: number): TableRow {
  return { ...row, time: new Date(Date.parse(row.time) + count * 86_400_000).toISOString() };
}
