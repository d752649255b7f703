import { unreadProgram } from '../../ingest/formats/unread.ts';
import type { LogRecord, RecordOrigin } from '../../model/log-record.ts';
import { plural } from '../../text/amounts.ts';
import { shown } from '../../text/escape.ts';

/** UnreadLines are the lines of one program whose messages were not understood. */
export interface UnreadLines {
  readonly program: string;
  readonly lines: number;
  /** The first of them. */
  readonly example: { readonly origin: RecordOrigin; readonly message: string };
}

/** UnreadCounter counts the lines of known programs that were not understood. */
export interface UnreadCounter {
  add(record: LogRecord): void;
  /** The most frequent first. */
  read(): readonly UnreadLines[];
}

export function createUnreadCounter(): UnreadCounter {
  // No more programs than are known: the table stays small whatever the input holds.
  const byProgram = new Map<string, UnreadLines>();
  return {
    add(record) {
      const program = unreadProgram(record);
      if (program === undefined) return;
      const { message } = record.fields;
      const before = byProgram.get(program);
      byProgram.set(program, {
        program,
        lines: (before?.lines ?? 0) + 1,
        example: before?.example ?? { origin: record.origin, message: typeof message === 'string' ? message : '' },
      });
    },
    read: () => [...byProgram.values()].toSorted((a, b) => b.lines - a.lines),
  };
}

/** unreadLines says of each program how many of its lines were not understood, with the first of them. */
export function unreadLines(unread: readonly UnreadLines[]): readonly string[] {
  return unread.map(({ program, lines, example: { origin, message } }) => {
    const were = lines === 1 ? 'was' : 'were';
    return `${plural(lines, 'line')} of ${shown(program, 60)} ${were} not understood, first ${shown(origin.path, 200)} #${origin.index}: ${shown(message, 160)}`;
  });
}
