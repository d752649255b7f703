/** The fields of one record, spelled as its source spells them. */
export type Fields = Readonly<Record<string, unknown>>;

/**
 * RecordSource says which Sigma log sources a record belongs to. A rule's log source covers the record when each of
 * the rule's keys names one of these values. `services` goes from special to general, e.g. `sshd`, `auth`, `syslog`.
 */
export interface RecordSource {
  readonly product: string;
  readonly services: readonly string[];
  readonly category?: string;
}

/** RecordOrigin says where a record came from, so that a person can find it again. */
export interface RecordOrigin {
  /** A file's path, `s3://bucket/key`, `log-group:log-stream`, or the event bus's name; `-` is standard input. */
  readonly path: string;
  /** The record's place in it, counted from 0: array element, line, log event. */
  readonly index: number;
}

/** LogRecord is one record of any source, out of its AWS envelope. Nothing after `ingest` looks at an envelope. */
export interface LogRecord {
  /** Stable across the paths a record may come by: CloudTrail's `eventID`, EventBridge's `id`, a digest of the line. */
  readonly id: string;
  /** ISO 8601, UTC, with milliseconds. */
  readonly time: string;
  readonly source: RecordSource;
  readonly fields: Fields;
  readonly origin: RecordOrigin;
  /** What only the envelope knows about a record whose fields don't say it. */
  readonly account?: string;
  readonly region?: string;
  /**
   * Names what happened, where several records describe it: CloudTrail's `sharedEventID` is the same in the caller's account
   * and in the account called on. Rules match each record; a finding is one for all records of the same fact.
   */
  readonly fact?: string;
}

/** RecordFailure is a record, or a whole file, that could not be read, with the reason for a person. */
export interface RecordFailure {
  readonly origin: RecordOrigin;
  readonly reason: string;
}

/**
 * Ingested is what opening an envelope yields, one for each record in it: nothing is dropped. Content without records by
 * design (a digest file, a control message) is `skipped`: named and counted apart, never as a record.
 */
export type Ingested =
  | {
      readonly kind: 'record';
      readonly record: LogRecord;
      /** The log source that its content claims, e.g. `cloudtrail`, where its place isn't set to carry that. */
      readonly refusedAs?: string;
    }
  | { readonly kind: 'failure'; readonly failure: RecordFailure }
  | {
      readonly kind: 'skipped';
      readonly origin: RecordOrigin;
      readonly reason: string;
      /** Trailwatch's own output: reading it would produce more of it, without end. */
      readonly own?: true;
      /** AWS writes it between records, also where only CloudTrail writes. */
      readonly ofAws?: true;
    };
