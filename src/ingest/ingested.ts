import { hash } from 'node:crypto';
import type { Fields, Ingested, LogRecord, RecordOrigin, RecordSource } from '../model/log-record.ts';

/** OpenOrigin is where a value came from, with what only its surroundings know about it. */
export interface OpenOrigin extends RecordOrigin {
  /** ISO 8601. For values that don't say when they happened, and the reference from which a missing year is inferred. */
  readonly time?: string;
  /** Whether `time` is only when the file was written. It dates the lines of a log, but no JSON object. */
  readonly written?: true;
  /** How often an id occurred before in the same file: equal texts in equal wrappings are different records. */
  readonly nth?: (id: string) => number;
  /** For values that have no identity of their own, e.g. the id of the log event that carried the text. */
  readonly id?: string;
  readonly account?: string;
  readonly region?: string;
}

/** LineContext is what the lines before say about a line. */
export interface LineContext {
  /** How often a line of this id came before: equal lines are different records. */
  readonly nth?: (id: string) => number;
  /** The line's size in bytes, when only its beginning is at hand. */
  readonly cutFrom?: number;
  /** The text as it was, before colours and NULs were taken out. */
  readonly raw?: string;
  /** The line stands in a file that a person handed over: a log of lines without headers is read by their words. */
  readonly headless?: true;
  /** The record of the line before. */
  readonly follows?: LogRecord;
}

/** LogPlace is where a log was found. Its name decides how the log is read and which records it may yield. */
export interface LogPlace {
  /** A CloudWatch log group, a file's path or S3 key, or the source of an EventBridge event. */
  readonly kind: 'group' | 'path' | 'event';
  readonly name: string;
}

/** Opener opens what was found inside something else. Its functions are bound: they may be passed on alone. */
export interface Opener {
  readonly value: (value: unknown, origin: OpenOrigin) => Iterable<Ingested>;
  /** Opens a text that may be JSON or a log line. */
  readonly text: (text: string, origin: OpenOrigin, context?: LineContext) => Iterable<Ingested>;
  /** The opener for a place, which the configuration may name. */
  readonly at: (place: LogPlace) => Opener;
  /**
   * Opens the known records within a value or text of unknown shape, and the other items of their lists; undefined when there are
   * none. A stage never searches: the content that arrives there may have been written to be found.
   */
  readonly within: (value: unknown, origin: OpenOrigin) => Iterable<Ingested> | undefined;
  /** Whether `within` searches. */
  readonly deep: boolean;
  /** Whether the configuration says how this place is read. */
  readonly configured: boolean;
}

/** record wraps a readable record. */
export function record(value: LogRecord): Ingested {
  return { kind: 'record', record: value };
}

/** failure names what could not be read. The reason is a sentence part for a person, without the place. */
export function failure(origin: RecordOrigin, reason: string): Ingested {
  return { kind: 'failure', failure: { origin: plainOrigin(origin), reason } };
}

/** skipped names an input that contains no records by design. */
export function skipped(origin: RecordOrigin, reason: string): Ingested {
  return { kind: 'skipped', origin: plainOrigin(origin), reason };
}

/** skippedOfAws is skipped, for what AWS writes between records: CloudTrail's digests, CloudWatch Logs' control messages. */
export function skippedOfAws(origin: RecordOrigin, reason: string): Ingested {
  return { kind: 'skipped', origin: plainOrigin(origin), reason, ofAws: true };
}

/** ignoredAsOwn names what Trailwatch wrote itself, which it never reads: see `own-output.ts`. */
export function ignoredAsOwn(origin: RecordOrigin, what: string): Ingested {
  return {
    kind: 'skipped',
    origin: plainOrigin(origin),
    reason: `Trailwatch's own ${what}: reading it would produce more of it`,
    own: true,
  };
}

/** plainOrigin drops what the surroundings knew, so that a record's origin is its place and nothing else. */
export function plainOrigin(origin: RecordOrigin): RecordOrigin {
  return { path: origin.path, index: origin.index };
}

/** datedBy gives an origin whose values happened at that time. */
export function datedBy({ written: _written, ...origin }: OpenOrigin, time: string): OpenOrigin {
  return { ...origin, time };
}

/** distinctId gives an id to content without one, different from the id of equal content earlier in the file. */
export function distinctId(parts: readonly string[], { nth }: OpenOrigin): string {
  const id = digestId(parts);
  const before = nth?.(id) ?? 0;
  return before === 0 ? id : digestId([id, String(before)]);
}

/** isAwsSource recognises the log sources that only AWS writes: CloudTrail and the events of services. */
export function isAwsSource({ product }: RecordSource): boolean {
  return product === 'aws' || product === 'trailwatch';
}

/** isCloudTrailSource recognises CloudTrail's log source. */
export function isCloudTrailSource({ product, services }: RecordSource): boolean {
  return product === 'aws' && services.includes('cloudtrail');
}

/** isObject recognises a JSON object: neither an array nor null. */
export function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** kindOf names a JSON value's kind for a message: `an array`, `a string`, `null`. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/** quote shows hostile text in a message: cut, and with control characters escaped. A person sees it, a log does not: `unquoted`. */
export function quote(text: string, limit = 60): string {
  return JSON.stringify(text.length > limit ? `${text.slice(0, limit)}…` : text);
}

/** unquoted leaves out of a reason what it quotes of an event, for logs that more people read than may read events. */
export function unquoted(reason: string): string {
  return reason.replaceAll(/"(?:[^"\\]|\\.)*"/g, '"…"');
}

/** digestId gives an id to content without one: 32 hex digits of a hash of its parts. */
export function digestId(parts: readonly string[]): string {
  return hash('sha256', JSON.stringify(parts)).slice(0, 32);
}
