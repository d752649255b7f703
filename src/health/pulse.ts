import type { LogRecord } from '../model/log-record.ts';
import { noteEveryMs, type HeartbeatStore } from './heartbeat.ts';
import { sourceKey, sourceOf, type Source } from './source.ts';

export interface PulseOptions {
  readonly heartbeats: Pick<HeartbeatStore, 'note'>;
  readonly now: () => Date;
  /** Sources that one copy of a function looks after: whoever can make up accounts must not fill its memory and the table. */
  readonly most?: number;
}

/** Pulse feels which sources records come from, and has it noted now and then. */
export interface Pulse {
  /** feel is called for each record, and costs next to nothing. */
  readonly feel: (record: LogRecord) => void;
  /**
   * note writes what was felt since, at most once in five minutes for each source.
   * @returns how many sources there were beyond those that can be looked after, counted up to as many again.
   * @throws {HealthStateError} when a source could not be noted: the others are, and this one is the next time.
   */
  readonly note: () => Promise<{ readonly unwatched: number }>;
}

/** Writes under way at once. */
const atOnce = 10;

/** createPulse watches the sources of one copy of a function. */
export function createPulse({ heartbeats, now, most = 500 }: PulseOptions): Pulse {
  const notedAt = new Map<string, number>();
  const felt = new Map<string, Source>();
  const unwatched = new Set<string>();
  let before: readonly unknown[] = [];

  return {
    feel(record) {
      // Records of one file are nearly always of one source. What a record holds may be of any type: only compared here.
      const { account, fields, origin, region, source: logSource } = record;
      const here = [
        origin.path,
        logSource.services[0],
        account,
        region,
        fields['recipientAccountId'],
        fields['awsRegion'],
      ];
      if (here.every((part, index) => part === before[index]) && before.length > 0) return;
      before = here;
      const source = sourceOf(record);
      if (source === undefined) return;
      const key = sourceKey(source);
      if (felt.has(key)) return;
      if (!notedAt.has(key) && notedAt.size + felt.size >= most) {
        if (unwatched.size < most) unwatched.add(key);
      } else felt.set(key, source);
    },

    async note() {
      const at = now();
      const due = [...felt].filter(([key]) => at.getTime() - (notedAt.get(key) ?? -Infinity) >= noteEveryMs);
      felt.clear();
      before = [];
      const many = unwatched.size;
      unwatched.clear();
      let failure: unknown;
      for (let index = 0; index < due.length; index += atOnce) {
        await Promise.all(
          due.slice(index, index + atOnce).map(async ([key, source]) => {
            try {
              await heartbeats.note(source, at);
              notedAt.set(key, at.getTime());
            } catch (error) {
              failure ??= error;
            }
          }),
        );
      }
      if (failure !== undefined) throw failure;
      return { unwatched: many };
    },
  };
}
