import type { Fields, Ingested } from '../../../model/log-record.ts';
import type { OpenOrigin } from '../../ingested.ts';
import { openCloudTrailRecord } from '../cloudtrail.ts';
import { isColumnRecord, recordOfColumns } from './columns.ts';
import { isConsoleEvent, recordOfConsole } from './console-history.ts';
import { isEcsRecord, recordOfEcs } from './ecs.ts';
import { isOcsfRecord, recordOfOcsf } from './ocsf.ts';
import { isSentinelRecord, recordOfSentinel } from './sentinel.ts';

/** Schemas that keep a CloudTrail record under names of their own. A new one is a row. */
const spellings: readonly {
  readonly recognise: (value: Fields) => boolean;
  readonly recordOf: (value: Fields) => Fields;
}[] = [
  { recognise: isColumnRecord, recordOf: recordOfColumns },
  { recognise: isConsoleEvent, recordOf: recordOfConsole },
  { recognise: isEcsRecord, recordOf: recordOfEcs },
  { recognise: isOcsfRecord, recordOf: recordOfOcsf },
  { recognise: isSentinelRecord, recordOf: recordOfSentinel },
];

/** isRespelledRecord recognises a CloudTrail record under the names of a table, of ECS or of OCSF. */
export function isRespelledRecord(value: Fields): boolean {
  return spellings.some(({ recognise }) => recognise(value));
}

/** openRespelledRecord opens the record under the names that CloudTrail gave it, which rules know. */
export function openRespelledRecord(value: Fields, origin: OpenOrigin): Iterable<Ingested> {
  const spelling = spellings.find(({ recognise }) => recognise(value));
  return openCloudTrailRecord(spelling?.recordOf(value) ?? value, origin);
}
