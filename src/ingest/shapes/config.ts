import type { Fields, Ingested } from '../../model/log-record.ts';
import { skipped } from '../ingested.ts';
import type { OpenOrigin } from '../ingested.ts';

/** isConfigFile recognises what AWS Config delivers to S3, history and snapshots. https://docs.aws.amazon.com/config/latest/developerguide/deliver-snapshot-cli.html */
export function isConfigFile(value: Fields): boolean {
  return Array.isArray(value['configurationItems']) && typeof value['fileVersion'] === 'string';
}

/** openConfigFile names it: who changed a resource stands in CloudTrail; what it was changed to is no event. */
export function openConfigFile(_value: Fields, origin: OpenOrigin): Iterable<Ingested> {
  return [skipped(origin, "AWS Config's file: it describes resources and has no events")];
}
