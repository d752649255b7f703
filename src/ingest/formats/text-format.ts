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
  readonly message: string;
}

/** ProgramParser reads one program's message. It gives back what it found, at least an `action`, or undefined for a message it doesn't know. */
export type ProgramParser = (message: string) => LineFields | undefined;
