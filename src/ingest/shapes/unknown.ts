import type { Fields, Ingested } from '../../model/log-record.ts';
import { digestId, failure, plainOrigin, record } from '../ingested.ts';
import type { OpenOrigin } from '../ingested.ts';
import { timeOf } from '../time.ts';

/** openUnknown makes a record of an object as it is; without any time, its own or its place's, it is a failure. */
export function openUnknown(fields: Fields, origin: OpenOrigin): Ingested {
  const time = timeOf(fields) ?? origin.time;
  if (time === undefined) return failure(origin, 'JSON object of unknown shape without a time');
  const { account, region } = origin;
  return record({
    id: origin.id ?? digestId([JSON.stringify(fields)]),
    time,
    source: { product: 'unknown', services: [] },
    fields,
    origin: plainOrigin(origin),
    ...(account !== undefined && { account }),
    ...(region !== undefined && { region }),
  });
}
