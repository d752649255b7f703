import type { Fields } from '../../../model/log-record.ts';
import { isObject } from '../../ingested.ts';
import { innerField, recordField } from './field-names.ts';
import type { RecordField } from './field-names.ts';
import { structOf } from './map-text.ts';
import { nested } from './paths.ts';

/** Fields whose names belong to the service that was called, and stay as they are. */
const ofService: ReadonlySet<RecordField> = new Set([
  'additionalEventData',
  'insightDetails',
  'requestParameters',
  'responseElements',
  'serviceEventDetails',
]);
const structs: ReadonlySet<RecordField> = new Set([
  ...ofService,
  'resources',
  'tlsDetails',
  'userIdentity',
  'addendum',
]);
const flags: ReadonlySet<RecordField> = new Set(['managementEvent', 'readOnly']);

/**
 * isColumnRecord recognises the row of a table over CloudTrail's files: Athena's and Glue's columns in small letters, the
 * capitals of other warehouses, `event_name` of yet others. https://docs.aws.amazon.com/athena/latest/ug/create-cloudtrail-table.html
 */
export function isColumnRecord(value: Fields): boolean {
  const names = namings.find(
    (naming) => typeof value[naming.name] === 'string' && typeof value[naming.source] === 'string',
  );
  return names !== undefined && names.others.some((name) => value[name] !== undefined && value[name] !== null);
}

/** How the columns that every row has are spelled, by maker. */
const namings = [
  { name: 'eventname', source: 'eventsource', others: ['eventtime', 'eventid', 'eventversion'] },
  { name: 'event_name', source: 'event_source', others: ['event_id', 'event_version', 'user_identity'] },
  { name: 'EVENTNAME', source: 'EVENTSOURCE', others: ['EVENTTIME', 'EVENTID', 'EVENTVERSION'] },
  { name: 'EVENT_NAME', source: 'EVENT_SOURCE', others: ['EVENT_ID', 'EVENT_VERSION', 'USER_IDENTITY'] },
] as const;

/** hasColumnValues recognises a CloudTrail record whose structs became columns or texts: `userIdentity.arn`, `"userIdentity": "{…}"`. */
export function hasColumnValues(value: Fields): boolean {
  const { userIdentity, requestParameters } = value;
  if (isObject(userIdentity)) return isStructText(requestParameters);
  return (
    isStructText(userIdentity) ||
    isStructText(requestParameters) ||
    value['userIdentity.type'] !== undefined ||
    value['userIdentity.arn'] !== undefined ||
    value['userIdentity.principalId'] !== undefined
  );
}

function isStructText(value: unknown): boolean {
  return typeof value === 'string' && /^\s*\{/.test(value);
}

/** recordOfColumns restores the CloudTrail record of such a row. Columns that CloudTrail doesn't have are kept. */
export function recordOfColumns(value: Fields): Fields {
  const found: [string, unknown][] = [];
  const others: [string, unknown][] = [];
  for (const [key, given] of Object.entries(value)) {
    // `userIdentity.arn`, and the columns of a table that was flattened on its way.
    const dot = key.indexOf('.');
    const field = recordField(dot === -1 ? key : key.slice(0, dot));
    if (field === undefined) others.push([key, given]);
    else if (dot !== -1) {
      if (given !== null && given !== '') found.push([`${field}${inner(field, key.slice(dot))}`, given]);
    } else {
      const column = valueOf(field, given);
      if (column !== undefined) found.push([field, column]);
    }
  }
  return { ...Object.fromEntries(others), ...nested(found) };
}

function inner(field: RecordField, path: string): string {
  if (ofService.has(field)) return path;
  return path
    .split('.')
    .map((name) => innerField(name) ?? name)
    .join('.');
}

/** The field's value; undefined where CloudTrail would omit the field. */
function valueOf(field: RecordField, given: unknown): unknown {
  if (given === undefined || given === '') return undefined;
  if (given === null) return field === 'requestParameters' || field === 'responseElements' ? null : undefined;
  if (flags.has(field)) return given === 'true' ? true : given === 'false' ? false : given;
  if (!structs.has(field)) return given;
  const struct = structOf(given);
  if (struct === null) return field === 'requestParameters' || field === 'responseElements' ? null : undefined;
  return ofService.has(field) ? struct : renamed(struct, field === 'resources');
}

/** Spells the inner names as CloudTrail does, and omits nulls. The depth of the parsed text is bounded. */
function renamed(value: unknown, ofResources: boolean): unknown {
  if (Array.isArray(value)) return value.map((item) => renamed(item, ofResources));
  if (!isObject(value)) return value;
  const found = Object.entries(value).flatMap(([key, given]): readonly (readonly [string, unknown])[] => {
    if (given === null || given === undefined) return [];
    const name = innerField(key) ?? key;
    return [[name.toLowerCase() === 'arn' ? (ofResources ? 'ARN' : 'arn') : name, renamed(given, ofResources)]];
  });
  return Object.fromEntries(found);
}
