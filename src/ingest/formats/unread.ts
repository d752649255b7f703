import type { LogRecord } from '../../model/log-record.ts';

/** What a line says in its `unparsed` whose program is known and whose message is none that the program is known to write. */
export const unreadMessage = 'none of the messages that this program is known to write';

/** unreadProgram gives the program whose message could not be read; undefined for a record that was read, or is of no program. */
export function unreadProgram({ fields }: LogRecord): string | undefined {
  const { program, unparsed } = fields;
  return unparsed === unreadMessage && typeof program === 'string' ? program : undefined;
}
