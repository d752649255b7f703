import type { LogRecord } from '../model/log-record.ts';
import { noteEveryMs, type HeartbeatStore } from './heartbeat.ts';
import { sourceKey, sourceOf, type Source } from './source.ts';

export interface PulseOptions {
  readonly heartbeats: Pick<HeartbeatStore, 'note'>;
  readonly now: () => Date;
  /** Sources that one copy of a function watches: made-up accounts must not fill its memory and the table. */
  readonly most?: number;
}

/** Pulse collects the sources of records, and stores them from time to time. */
export interface Pulse {
  /** feel is called for each record, and must be cheap. */
  readonly feel: (record: LogRecord) => void;
  /**
   * note stores the sources since the last note, each at most once in five minutes.
   * @returns how many sources there were beyond the limit, counted up to the limit again.
   * @throws {HealthStateError} when a source could not be stored: the others are, and this one is tried the next time.
   */
  readonly note: () => Promise<{ readonly unwatched: number }>;
}

/** Writes under way at once. */
const atOnce = 10;

/** createPulse collects the sources of one copy of a function. */
export function createPulse({ heartbeats, now, most = 500 }: PulseOptions): Pulse {
  const notedAt = new Map<string, number>();
  const felt = new Map<string, Source>();
  const unwatched = new Set<string>();
  let before: readonly unknown[] = [];

  return {
    feel(record) {
      // Records of one file are nearly always of one source. A record's values may be of any type: they are only compared here.
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
