import type { LogRecord } from '../../model/log-record.ts';

/** The value of `unparsed` in a line of a known program with an unknown message. */
export const unreadMessage = 'not one of the messages that this program is known to write';

/** unreadProgram gives the program whose message could not be read; undefined for a record that was read, or is of no program. */
export function unreadProgram({ fields }: LogRecord): string | undefined {
  const { program, unparsed } = fields;
  return unparsed === unreadMessage && typeof program === 'string' ? program : undefined;
}
