import type { Fields, Ingested } from '../../model/log-record.ts';
import { failure, isObject, skipped } from '../ingested.ts';
import type { OpenOrigin } from '../ingested.ts';

/** Where answers keep their events. */
const lists = [
  'events',
  'Events',
  'results',
  'hits',
  'Messages',
  'messages',
  'data',
  'result',
  'QueryResultRows',
  'streams',
];

/** isEmptyAnswer recognises an answer whose list of events is there, and empty. */
export function isEmptyAnswer(value: Fields): boolean {
  const inLists = lists.some((name) => isFullList(value[name], 0));
  return !inLists && lists.some((name) => isEmptyList(value[name], 0)) && !Object.values(value).some(hasElement);
}

/** Beside an empty list of another kind (Splunk's \`messages\`) the events may lie in the next one. */
function isFullList(value: unknown, level: number): boolean {
  if (Array.isArray(value)) return value.length > 0;
  return level === 0 && isObject(value) && lists.some((name) => isFullList(value[name], 1));
}

function isEmptyList(value: unknown, level: number): boolean {
  if (Array.isArray(value)) return value.length === 0;
  // `hits.hits`, `data.result`.
  return level === 0 && isObject(value) && lists.some((name) => isEmptyList(value[name], 1));
}

/** A list with events may be what the query asked for. */
function hasElement(value: unknown): boolean {
  return Array.isArray(value) && value.some((item) => isObject(item) && Object.keys(item).length > 3);
}

/** openEmptyAnswer skips it: the query found nothing. */
export function openEmptyAnswer(_value: Fields, origin: OpenOrigin): Iterable<Ingested> {
  return [skipped(origin, 'an answer whose list of events is empty')];
}

const bulkActions: ReadonlySet<string> = new Set(['index', 'create', 'update', 'delete']);

/** isBulkAction recognises a line of Elasticsearch's bulk format that only says where the next one goes. */
export function isBulkAction(value: Fields): boolean {
  const [entry, ...others] = Object.entries(value);
  if (entry === undefined || others.length > 0 || !bulkActions.has(entry[0])) return false;
  return (
    isObject(entry[1]) &&
    Object.keys(entry[1]).every((name) => /^(?:_|routing|version|pipeline|require_|dynamic_)/.test(name))
  );
}

/** openBulkAction skips it: the document is in the next line. */
export function openBulkAction(_value: Fields, origin: OpenOrigin): Iterable<Ingested> {
  return [skipped(origin, "a line of Elasticsearch's bulk format that holds no document")];
}

/** isPublicKeyList recognises the keys of CloudTrail's digests, as `aws cloudtrail list-public-keys` prints them. */
export function isPublicKeyList(value: Fields): boolean {
  return Array.isArray(value['PublicKeyList']);
}

/** openPublicKeyList skips it: `trailwatch verify --public-keys` reads it. */
export function openPublicKeyList(_value: Fields, origin: OpenOrigin): Iterable<Ingested> {
  return [skipped(origin, "public keys of CloudTrail's digests: contain no records; verify --public-keys reads them")];
}

/** isLookupSummary recognises the attributes that LookupEvents gives with a record, without the record. */
export function isLookupSummary(value: Fields): boolean {
  const { EventId, EventName, EventSource } = value;
  return typeof EventId === 'string' && typeof EventName === 'string' && typeof EventSource === 'string';
}

/** openLookupSummary refuses it: rules need the caller and the parameters, which only the record contains. */
export function openLookupSummary({ EventId }: Fields, origin: OpenOrigin): Iterable<Ingested> {
  const reason =
    'an event of LookupEvents without its CloudTrailEvent, which holds the record: ask for it too (--query)';
  return [failure(origin, `${String(EventId).slice(0, 60)}: ${reason}`)];
}
