import type { ArrivalLog, FirstArrival } from '../../src/health/arrivals.ts';
import type { CanaryLog } from '../../src/health/canary.ts';
import { beat, type Heartbeat, type HeartbeatStore } from '../../src/health/heartbeat.ts';
import type { NotifiedOnce } from '../../src/health/notified-once.ts';
import { sourceKey, type Path } from '../../src/health/source.ts';
import { mostExamples, receiversOf, type TrialLog, type TrialNote } from '../../src/health/trial-log.ts';
import { largestFirst, type TallyEntry, type TallyStore } from '../../src/notify/delivery/state/tally-store.ts';
import { createTallyBuffer, type TallyBuffer } from '../../src/notify/delivery/tally-buffer.ts';

// What a stage's health is kept in, within one process: the tests of the table's stores hold these to the same.

/** createMemoryArrivalLog remembers within one process. */
export function createMemoryArrivalLog(): ArrivalLog {
  const known = new Map<string, { readonly first: FirstArrival; readonly paths: Set<Path> }>();
  return {
    async add(finding, path, at) {
      const one = known.get(finding) ?? { first: { path, at }, paths: new Set<Path>() };
      known.set(finding, one);
      if (one.paths.has(path)) return undefined;
      one.paths.add(path);
      return one.first;
    },
  };
}

/** createMemoryCanaryLog remembers within one process. */
export function createMemoryCanaryLog(): CanaryLog {
  const known = new Map<string, { readonly sent: Date; back: boolean }>();
  return {
    async sent(canary, at) {
      if (!known.has(canary)) known.set(canary, { sent: at, back: false });
    },
    async returned(canary) {
      const one = known.get(canary);
      if (one === undefined) return { kind: 'unknown' };
      if (one.back) return { kind: 'again' };
      one.back = true;
      return { kind: 'returned', sent: one.sent };
    },
  };
}

/** createMemoryHeartbeatStore remembers within one process. */
export function createMemoryHeartbeatStore(): HeartbeatStore {
  const known = new Map<string, Heartbeat>();
  return {
    async note(source, at) {
      const next = beat(known.get(sourceKey(source)), source, at.getTime());
      if (next !== undefined) known.set(sourceKey(source), next);
    },
    all: async () => [...known.values()],
    async markNotified({ last, source }) {
      const now = known.get(sourceKey(source));
      if (now?.last === last) known.set(sourceKey(source), { ...now, notified: last });
    },
  };
}

/** createMemoryNotifiedOnce remembers within one process. */
export function createMemoryNotifiedOnce(): NotifiedOnce {
  const known = new Set<string>();
  return { has: async (what) => known.has(what), set: async (what) => void known.add(what) };
}

/** createMemoryTallies counts within one process. */
export function createMemoryTallies(): TallyStore {
  const days = new Map<string, TallyBuffer & { readonly entries: TallyEntry[] }>();
  const dayOf = (day: string): TallyBuffer & { readonly entries: TallyEntry[] } => {
    const known = days.get(day);
    if (known !== undefined) return known;
    const entries: TallyEntry[] = [];
    const fresh = { ...createTallyBuffer({ add: async (_at, all) => void entries.push(...all) }), entries };
    days.set(day, fresh);
    return fresh;
  };
  return {
    add: async (at, entries) => {
      const { count } = dayOf(at.toISOString().slice(0, 10));
      for (const { kind, name, by } of entries) count(kind, name, by);
    },
    of: async (day) => {
      const known = dayOf(day);
      await known.write(new Date(0));
      const all = known.entries.splice(0);
      for (const { kind, name, by } of all) known.count(kind, name, by);
      return largestFirst(all.map(({ kind, name, by }) => ({ kind, name, count: by })));
    },
  };
}

/** createMemoryTrialLog counts within one process. */
export function createMemoryTrialLog(): TrialLog {
  const notes: TrialNote[] = [];
  return {
    note: async (note) => void notes.push(note),
    async of(trial) {
      const mine = notes.filter((note) => note.trial === trial);
      const receivers = new Map<string, number>();
      for (const name of mine.flatMap(receiversOf)) receivers.set(name, (receivers.get(name) ?? 0) + 1);
      return {
        findings: mine.length,
        receivers: Object.fromEntries(receivers),
        examples: mine.slice(0, mostExamples).map(({ title }) => title),
      };
    },
  };
}
