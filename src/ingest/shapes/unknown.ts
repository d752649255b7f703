import type { Fields, Ingested, RecordSource } from '../../model/log-record.ts';
import { digestId, failure, plainOrigin, record } from '../ingested.ts';
import type { OpenOrigin } from '../ingested.ts';
import { timeOf } from '../../time/iso-time.ts';

const json: RecordSource = { product: 'unknown', services: ['json'], category: 'application' };

/** What loggers call the level and the message. The first name is the one that rules ask for. */
const synonyms = [
  ['level', 'severity', 'levelname', 'log.level', 'loglevel', 'lvl'],
  ['message', 'msg', '@message', 'short_message'],
] as const;

/** openUnknown makes a record of an object as it is; without any time, its own or its place's, it is a failure. */
export function openUnknown(fields: Fields, origin: OpenOrigin): Ingested {
  const time = timeOf(fields) ?? origin.time;
  if (time === undefined) return failure(origin, 'JSON object of unknown shape without a time');
  const { account, region } = origin;
  return record({
    id: origin.id ?? digestId([JSON.stringify(fields)]),
    time,
    source: json,
    fields: named(fields),
    origin: plainOrigin(origin),
    ...(account !== undefined && { account }),
    ...(region !== undefined && { region }),
  });
}

/** Gives the level and the message their usual names beside their own, where these are free. */
function named(fields: Fields): Fields {
  const added: Record<string, unknown> = {};
  for (const [name, ...others] of synonyms) {
    if (Object.hasOwn(fields, name)) continue;
    const other = others.find((key) => typeof fields[key] === 'string' || typeof fields[key] === 'number');
    if (other !== undefined) added[name] = fields[other];
  }
  return Object.keys(added).length === 0 ? fields : { ...fields, ...added };
}
