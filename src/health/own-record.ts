import type { Fields, LogRecord } from '../model/log-record.ts';
import { hashOf } from '../text/hash.ts';

/** The log source of records that Trailwatch makes about itself. */
const ownSource = { product: 'trailwatch', services: ['pipeline'] } as const;

/** Home is the account and region that the stage runs in. */
export interface Home {
  readonly account?: string;
  readonly region?: string;
}

/**
 * ownRecord makes a record of a fact about Trailwatch itself, for the rules to judge.
 * @param fact names the fact: one fact is one record, however often it is made.
 */
export function ownRecord(fact: readonly string[], time: string, fields: Fields, home: Home): LogRecord {
  const [kind = 'pipeline'] = fact;
  return {
    id: hashOf(['pipeline', ...fact]),
    time,
    source: ownSource,
    fields: { kind, ...fields },
    origin: { path: 'pipeline', index: 0 },
    ...(home.account !== undefined && { account: home.account }),
    ...(home.region !== undefined && { region: home.region }),
  };
}
