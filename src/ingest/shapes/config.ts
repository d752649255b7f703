import type { Fields, Ingested } from '../../model/log-record.ts';
import { skipped } from '../ingested.ts';
import type { OpenOrigin } from '../ingested.ts';

/** isConfigFile recognises what AWS Config delivers to S3, history and snapshots. https://docs.aws.amazon.com/config/latest/developerguide/deliver-snapshot-cli.html */
export function isConfigFile(value: Fields): boolean {
  return Array.isArray(value['configurationItems']) && typeof value['fileVersion'] === 'string';
}

/** openConfigFile skips it: it describes states. CloudTrail says who changed a resource. */
export function openConfigFile(_value: Fields, origin: OpenOrigin): Iterable<Ingested> {
  return [skipped(origin, "AWS Config's file: it describes resources and has no events")];
}
