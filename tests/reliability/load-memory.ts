// A burst through delivery alone, with its state in memory and receivers that take everything. main.ts runs it in a process of its
// own. Prints one line of JSON.
import { labelsOf } from '../../src/notify/routing/labels.ts';
import { createMemoryDeliveryState } from '../../src/notify/delivery/state/delivery-state.ts';
import type { Dispatcher } from '../../src/notify/delivery/dispatch.ts';
import { createPipeline } from '../../src/notify/delivery/pipeline.ts';
import { defaultPolicy } from '../../src/notify/routing/policy.ts';
import type { Receiver } from '../../src/notify/receivers/receiver.ts';
import type { Finding } from '../../src/model/finding.ts';
import { cpuMs } from '../support/cpu-time.ts';
import { findingOf } from './findings.ts';

/** MemoryBurst is the result of a burst of one rule. */
export interface MemoryBurst {
  readonly findings: number;
  readonly perSecond: number;
  /** For each second of processor time, which other work on the machine does not change. */
  readonly perCpuSecond: number;
  /** How many notifications each receiver got before the flush, and in all. */
  readonly atOnce: readonly number[];
  readonly notified: readonly number[];
  /** How many findings the receivers got by the end. */
  readonly known: readonly number[];
  /** Milliseconds from the queue to the last receiver, of another rule's finding: alone, and in the midst of the burst. */
  readonly aloneMs: number;
  readonly amidMs: number;
  /** Bytes of heap for each finding, the stores' own among them. */
  readonly heapBytesEach: number;
}

const [count = 100_000, actors = 1] = process.argv.slice(2).map(Number);
const forever = { remainingMs: () => Infinity };
let aheadMs = 0;
const now = (): Date => new Date(Date.now() + aheadMs);

const heard = new Map<string, number[]>();
const latest = new Map<string, Map<string, number>>();
const receivers = ['chat', 'topic'].map((name): Receiver => ({
  name,
  concurrency: 1,
  send: async ({ finding, group }) => {
    if (finding.rule.id !== 'burst') return;
    heard.set(name, [...(heard.get(name) ?? []), group?.count ?? 1]);
    const counts = latest.get(name) ?? new Map<string, number>();
    latest.set(name, counts.set(group?.key ?? finding.id, group?.count ?? 1));
  },
}));
const dispatch: Dispatcher = (finding) => ({
  labels: labelsOf(finding),
  to: receivers.map((receiver) => ({ receiver, policy: defaultPolicy })),
  muting: [],
  starts: [],
  why: { route: 'all' },
});
const pipeline = createPipeline({
  state: createMemoryDeliveryState(),
  receivers,
  dispatch,
  deadLetters: { send: async () => {} },
  now,
  random: Math.random,
  newId: () => 'letter',
});

const deliver = async (findings: readonly Finding[]): Promise<void> => {
  const accepted = await Promise.all(findings.map((finding) => pipeline.accept({ finding, queuedMs: Date.now() })));
  await pipeline.notify(
    accepted.flatMap(({ due }) => due),
    forever,
  );
};
const time = new Date().toISOString();
const other = async (name: string): Promise<number> => {
  const started = performance.now();
  await deliver([findingOf({ rule: name, level: 'critical', actor: 'ben', event: name, time })]);
  return performance.now() - started;
};
const heapNow = (): number => {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
};

for (let warm = 0; warm < 200; warm += 1) await other(`warm-${warm}`);
const alone: number[] = [];
for (let index = 0; index < 21; index += 1) alone.push(await other(`alone-${index}`));
const amid: number[] = [];
const heapBefore = heapNow();
const [started, cpuBefore] = [performance.now(), cpuMs()];
for (let first = 0; first < count; first += 10) {
  const batch = Array.from({ length: 10 }, (_each, index) => {
    const number = first + index;
    const actor = `actor-${number % actors}`;
    return findingOf({ rule: 'burst', level: 'high', actor, event: `burst-${number}`, time });
  });
  await deliver(batch);
  if (first % Math.floor(count / 20) === 0) amid.push(await other(`amid-${first}`));
}
const [tookMs, tookCpuMs] = [performance.now() - started, cpuMs() - cpuBefore];
const heapAfter = heapNow();
const atOnce = receivers.map(({ name }) => heard.get(name)?.length ?? 0);
aheadMs = 6 * 60_000;
await pipeline.flush(forever);
aheadMs = 12 * 60_000;
await pipeline.flush(forever);

const result: MemoryBurst = {
  findings: count,
  perSecond: Math.round((count / tookMs) * 1_000),
  perCpuSecond: Math.round((count / tookCpuMs) * 1_000),
  atOnce,
  notified: receivers.map(({ name }) => heard.get(name)?.length ?? 0),
  known: receivers.map(({ name }) => [...(latest.get(name)?.values() ?? [])].reduce((sum, each) => sum + each, 0)),
  aloneMs: median(alone),
  amidMs: median(amid),
  heapBytesEach: Math.round((heapAfter - heapBefore) / count),
};
process.stdout.write(JSON.stringify(result));
process.exit(0);

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
