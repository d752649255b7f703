import type { RecordSource } from '../../model/log-record.ts';

/** The fields that a text format finds in a line. Everything is text, but the counts and flags named in `index.ts`. */
export type LineFields = Record<string, string | number | boolean>;

/** SyslogLine is a syslog line out of its header. */
export interface SyslogLine {
  /** ISO 8601, UTC; absent when the line has none. */
  readonly time?: string;
  readonly hostname?: string;
  /** Without its path, its PAM module and its process id: `sshd`, `sudo`, `CRON`. */
  readonly program?: string;
  /** The PAM module that old syslogs write into the tag: `pam_unix` of `sshd(pam_unix)[123]:`. */
  readonly module?: string;
  readonly pid?: string;
  /** Facility and severity, 0 to 191. */
  readonly priority?: number;
  readonly messageId?: string;
  /** RFC 5424's structured data, each parameter as `id.name`. */
  readonly data?: LineFields;
  /** The unit that `journalctl -o with-unit` gives in the place of a program. */
  readonly unit?: string;
  /** Seconds since the host started, where the line says nothing else of its time. */
  readonly uptime?: number;
  /** Why the time may be wrong. */
  readonly doubt?: string;
  readonly message: string;
}

/** ProgramParser reads one program's message. It gives back what it found, at least an `action`, or undefined for a message it doesn't know. */
export type ProgramParser = (message: string) => LineFields | undefined;

/** ReadLine is what a line says, and which Sigma log source it is of. */
export interface ReadLine {
  /** ISO 8601, UTC; absent when the line has none. */
  readonly time?: string;
  readonly fields: LineFields;
  readonly source: RecordSource;
}

/**
 * LineReader reads lines of one format; undefined for every other line. `referenceTime` is when the line was written at the
 * latest, for formats that leave out the year.
 */
export type LineReader = (line: string, referenceTime: string | undefined) => ReadLine | undefined;
