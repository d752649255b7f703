import { setImmediate as turn } from 'node:timers/promises';

/** Plan is the fate of one call that a copy of a function makes. */
export type Plan =
  | { readonly kind: 'done'; readonly ms: number }
  /** Refused before the work: throttled, 5xx, connection refused. */
  | { readonly kind: 'refused'; readonly ms: number }
  /** Done, but the answer got lost: reset, timeout. */
  | { readonly kind: 'lost'; readonly ms: number }
  | { readonly kind: 'crash-before' | 'crash-after'; readonly ms: number };

/** Planner decides about each call, by its number in the run. */
export type Planner = (call: { readonly label: string; readonly index: number; readonly copy: Copy }) => Plan;

/** Copy is one copy of a function, with its memory. It lives until it is killed. */
export interface Copy {
  readonly name: string;
  alive: boolean;
  /** Rejects each call that waits for its answer. */
  readonly waiting: Set<(error: Error) => void>;
  /** Called when the copy is killed. */
  onDeath: () => void;
}

/** Injected is a fault that the network made on purpose. */
class Injected extends Error {
  override readonly name = 'Injected';
}

export interface Network {
  readonly random: () => number;
  readonly now: () => Date;
  /** Calls made so far. */
  readonly calls: () => number;
  readonly copy: (name: string) => Copy;
  /** call lets a copy do work that others see: it takes time, and may fail in every way. */
  readonly call: <T>(copy: Copy, label: string, work: () => Promise<T>) => Promise<T>;
  readonly at: (atMs: number, run: () => void) => void;
  readonly kill: (copy: Copy) => void;
  /** heal ends all faults. */
  readonly heal: () => void;
  readonly healed: () => boolean;
  /** run goes on until nothing is left to do, or until the end (milliseconds since 1970). */
  readonly run: (untilMs: number) => Promise<void>;
  readonly faults: ReadonlyMap<Plan['kind'], number>;
}

interface Entry {
  readonly atMs: number;
  readonly order: number;
  readonly run: () => void | Promise<void>;
}

/**
 * createNetwork makes a simulated network with a clock of its own: one event happens after the other, in an order that the seed
 * decides. Same seed, same run.
 */
export function createNetwork({
  seed,
  startMs,
  planner,
}: {
  readonly seed: number;
  readonly startMs: number;
  readonly planner: (random: () => number) => Planner;
}): Network {
  const random = randomOf(seed);
  const agenda = createAgenda();
  const faults = new Map<Plan['kind'], number>();
  const plan = planner(random);
  let healed = false;
  let nowMs = startMs;
  let calls = 0;

  const kill = (copy: Copy): void => {
    if (!copy.alive) return;
    copy.alive = false;
    // The calls of the copy end here; the rejections only release timers, since no code of a dead copy runs.
    for (const reject of copy.waiting) reject(new Injected('the copy was killed'));
    copy.waiting.clear();
    copy.onDeath();
  };

  return {
    random,
    faults,
    kill,
    now: () => new Date(nowMs),
    calls: () => calls,
    copy: (name) => ({ name, alive: true, waiting: new Set(), onDeath: () => {} }),
    heal: () => void (healed = true),
    healed: () => healed,
    at: (atMs, run) => agenda.add(atMs, run),
    call: (copy, label, work) => {
      if (!copy.alive) return new Promise(() => {});
      const planned = plan({ label, index: (calls += 1), copy });
      const decided: Plan = healed ? { kind: 'done', ms: planned.ms } : planned;
      if (decided.kind !== 'done') faults.set(decided.kind, (faults.get(decided.kind) ?? 0) + 1);
      return new Promise((resolve, reject) => {
        copy.waiting.add(reject);
        agenda.add(nowMs + decided.ms, async () => {
          if (!copy.alive) return;
          if (decided.kind === 'crash-before') return kill(copy);
          if (decided.kind === 'refused') {
            copy.waiting.delete(reject);
            return reject(new Injected(`${label}: refused`));
          }
          const settle = await work().then(
            (result) => () => resolve(result),
            (error: Error) => () => reject(error),
          );
          if (decided.kind === 'crash-after') return kill(copy);
          copy.waiting.delete(reject);
          if (decided.kind === 'lost') return reject(new Injected(`${label}: the answer got lost`));
          settle();
        });
      });
    },
    run: async (untilMs) => {
      for (let entry = agenda.next(untilMs); entry !== undefined; entry = agenda.next(untilMs)) {
        nowMs = Math.max(nowMs, entry.atMs);
        await entry.run();
        // Until all code that this event started waits again.
        await turn();
      }
      nowMs = Math.max(nowMs, untilMs);
    },
  };
}

/** randomOf gives numbers from 0 to 1, the same ones for the same seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A heap by time, then by order. */
function createAgenda(): {
  readonly add: (atMs: number, run: Entry['run']) => void;
  readonly next: (untilMs: number) => Entry | undefined;
} {
  const heap: Entry[] = [];
  let orders = 0;
  const before = (a: Entry, b: Entry): boolean => a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
  const swap = (i: number, j: number): void => {
    [heap[i], heap[j]] = [heap[j] as Entry, heap[i] as Entry];
  };
  return {
    add: (atMs, run) => {
      heap.push({ atMs, order: (orders += 1), run });
      for (let at = heap.length - 1; at > 0;) {
        const parent = (at - 1) >> 1;
        if (!before(heap[at] as Entry, heap[parent] as Entry)) break;
        swap(at, parent);
        at = parent;
      }
    },
    next: (untilMs) => {
      const [first] = heap;
      if (first === undefined || first.atMs > untilMs) return undefined;
      const last = heap.pop() as Entry;
      if (heap.length > 0) {
        heap[0] = last;
        for (let at = 0; ;) {
          const [left, right] = [2 * at + 1, 2 * at + 2];
          let least = at;
          if (left < heap.length && before(heap[left] as Entry, heap[least] as Entry)) least = left;
          if (right < heap.length && before(heap[right] as Entry, heap[least] as Entry)) least = right;
          if (least === at) break;
          swap(at, least);
          at = least;
        }
      }
      return first;
    },
  };
}
