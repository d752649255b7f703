import type { Ingested, LogRecord } from '../../model/log-record.ts';
import { failure, quote } from '../ingested.ts';
import { advice } from '../shapes/unknown.ts';

/** NothingKnown watches the results of one file that a person gave to a command. */
export interface NothingKnown {
  readonly see: (item: Ingested) => void;
  /** The failure of a file in which nothing was understood; undefined for any other file. */
  readonly verdict: (path: string, index: number) => Ingested | undefined;
}

/** createNothingKnown starts with a file. `written` (ISO 8601) is the file's own time, which dates lines without one. */
export function createNothingKnown(written: string | undefined): NothingKnown {
  let records = 0;
  let understood = false;
  let first: LogRecord | undefined;
  return {
    see: (item) => {
      if (item.kind !== 'record') return;
      records++;
      first ??= item.record;
      understood ||= isUnderstood(item.record, written);
    },
    verdict: (path, index) => {
      if (first === undefined || understood) return undefined;
      return failure({ path, index }, `${seen(first, records)}. ${advice}`);
    },
  };
}

/** The log of an application counts as understood when its lines have a time, or its JSON a message or a level. */
function isUnderstood({ source, fields, time }: LogRecord, written: string | undefined): boolean {
  if (source.product !== 'unknown') return true;
  switch (source.services[0] ?? '') {
    case 'plain':
      return time !== written;
    case 'json':
      return fields['message'] !== undefined || fields['level'] !== undefined;
    default:
      return true;
  }
}

function seen({ source, fields }: LogRecord, records: number): string {
  if (source.services[0] === 'json') {
    const keys = Object.keys(fields).slice(0, 6);
    return `nothing known in ${records} JSON ${records === 1 ? 'record' : 'records'}, the first with the keys ${keys.map((key) => quote(key, 30)).join(', ')}`;
  }
  return `nothing known in ${records} ${records === 1 ? 'line' : 'lines'} without a time; the first is ${quote(String(fields['message']), 60)}`;
}
