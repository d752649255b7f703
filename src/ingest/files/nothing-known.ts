import type { Ingested, LogRecord } from '../../model/log-record.ts';
import { failure, quote } from '../ingested.ts';
import { advice } from '../shapes/unknown.ts';

/** NothingKnown watches what comes out of one file that a person handed over. */
export interface NothingKnown {
  readonly see: (item: Ingested) => void;
  /** The failure that names a file in which nothing was understood; undefined for any other. */
  readonly verdict: (path: string, index: number) => Ingested | undefined;
}

/** createNothingKnown begins with a file that was `written` at that time (ISO 8601), which dates lines without a time. */
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

/** An application's own log is understood as far as it goes: its lines have a time, its JSON a message or a level. */
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
    return `nothing known in ${records} JSON records, the first with the keys ${keys.map((key) => quote(key, 30)).join(', ')}`;
  }
  return `nothing known in ${records} lines, which have no time either; the first is ${quote(String(fields['message']), 60)}`;
}
