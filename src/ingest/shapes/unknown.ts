import type { Fields, Ingested, RecordSource } from '../../model/log-record.ts';
import { digestId, failure, plainOrigin, quote, record } from '../ingested.ts';
import type { OpenOrigin } from '../ingested.ts';
import { timeOf } from '../../time/iso-time.ts';

/** The log source of applications' JSON. */
export const jsonSource: RecordSource = { product: 'unknown', services: ['json'], category: 'application' };

/** The names that loggers give to the level and the message. The first one is the name in rules. */
const synonyms = [
  ['level', 'severity', 'levelname', 'log.level', 'loglevel', 'lvl'],
  ['message', 'msg', '@message', 'short_message'],
] as const;

/**
 * openUnknown makes a record of an object as it is. Without a time, its own or that of what it came in, it is a failure: when a file
 * was written says nothing of when something happened.
 */
export function openUnknown(fields: Fields, origin: OpenOrigin): Ingested {
  const own = timeOf(fields);
  if (own === undefined && origin.written === true) return failure(origin, unknownReason(fields));
  const time = own ?? origin.time;
  if (time === undefined) return failure(origin, 'JSON object of unknown shape without a time');
  const { account, region } = origin;
  return record({
    id: origin.id ?? digestId([JSON.stringify(fields)]),
    time,
    source: jsonSource,
    fields: named(fields),
    origin: plainOrigin(origin),
    ...(account !== undefined && { account }),
    ...(region !== undefined && { region }),
  });
}

/** How many of an object's keys a reason names, and how much of each. */
const namedKeys = 6;
const namedChars = 30;

function unknownReason(fields: Fields): string {
  const keys = Object.keys(fields);
  const named = keys.slice(0, namedKeys).map((key) => quote(key, namedChars));
  const rest = keys.length > namedKeys ? `, and ${keys.length - namedKeys} more` : '';
  const seen = keys.length === 0 ? 'an empty object' : `an object with the keys ${named.join(', ')}${rest}`;
  return `no known record in it, and no time: ${seen}. ${advice}`;
}

/** advice says what a person can do about logs that were not understood. */
export const advice =
  'docs/sources.md lists what is read; for logs of your own, give their path a row in `logs:` and name the file with --config';

/** Copies the level and the message to their usual names, where these are free. */
function named(fields: Fields): Fields {
  const added: Record<string, unknown> = {};
  for (const [name, ...others] of synonyms) {
    if (Object.hasOwn(fields, name)) continue;
    const other = others.find((key) => typeof fields[key] === 'string' || typeof fields[key] === 'number');
    if (other !== undefined) added[name] = fields[other];
  }
  return Object.keys(added).length === 0 ? fields : { ...fields, ...added };
}
