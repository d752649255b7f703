/** exitCode lists what the command line's exit codes mean. */
export const exitCode = {
  done: 0,
  /** The asked-for check failed: `--fail-on`, a rule test, a verification. */
  checkFailed: 1,
  /** Unknown flag or command, a value that can't be read, a path that doesn't exist. */
  usage: 2,
  /** Done, but some input could not be read; each is named with its reason. */
  someUnread: 3,
  /** A fault of Trailwatch's own, or of the disk it writes to: sysexits' EX_SOFTWARE. */
  fault: 70,
  /** Stopped by Ctrl-C, or by SIGTERM: 128 + the signal, as shells report it. */
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitCode = (typeof exitCode)[keyof typeof exitCode];

/** UsageError is the user's mistake: its message says what is wrong, `hint` what to do instead. */
export class UsageError extends Error {
  readonly hint: string | undefined;

  constructor(message: string, hint?: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'UsageError';
    this.hint = hint;
  }
}
