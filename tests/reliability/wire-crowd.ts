import { startWireCopy } from './wire-copy.ts';
import { findingOf } from './findings.ts';
import { batchOf, failedOf, startWireStage, wireReceivers } from './wire-stage.ts';

/** Crowd is the result of many copies of the function that deliver findings of one group at once. */
export interface Crowd {
  readonly processes: number;
  readonly findings: number;
  /** Milliseconds from the first invocation to the last answer. */
  readonly deliveredMs: number;
  /** How many messages of the queue came once more. */
  readonly cameAgain: number;
  readonly receivers: readonly CrowdAt[];
}

export interface CrowdAt {
  readonly receiver: string;
  /** How many notifications it got before the flush: one, or the group was not one. */
  readonly atOnce: number;
  /** The counts that its notifications gave, in their order. */
  readonly said: readonly number[];
  /** How many findings are on record as notified. */
  readonly recorded: number;
}

export interface CrowdOptions {
  readonly processes: number;
  /** How many findings each process delivers, in batches of ten. */
  readonly each: number;
}

const minute = 60_000;

/** runCrowd lets processes of their own deliver to one table, all at the same time, and flushes when they are done. */
export async function runCrowd({ processes, each }: CrowdOptions): Promise<Crowd> {
  const stage = await startWireStage();
  const { environment, truth } = stage;
  const atMs = Date.now();
  const time = new Date(atMs).toISOString();
  const facts = { rule: 'crowd', level: 'high', actor: 'mallory', time } as const;
  const shares = Array.from({ length: processes }, (_share, copy) =>
    Array.from({ length: each }, (_finding, index) => findingOf({ ...facts, event: `event-${copy}-${index}` })),
  );
  const copies = await Promise.all(shares.map(() => startWireCopy('deliver', environment, 'unhurried')));
  const flush = await startWireCopy('flush', environment, 'unhurried');
  let cameAgain = 0;

  const started = performance.now();
  await Promise.all(
    copies.map(async ({ invoke }, copy) => {
      let waiting = shares[copy] ?? [];
      for (let round = 0; waiting.length > 0; round += 1) {
        const batch = waiting.slice(0, 10);
        const failed = failedOf(await invoke(batchOf(batch, atMs), atMs + round));
        cameAgain += failed.length;
        waiting = [...waiting.slice(10), ...failed.flatMap((index) => batch[index] ?? [])];
      }
    }),
  );
  const deliveredMs = performance.now() - started;
  const atOnce = wireReceivers.map((receiver) => stage.taken(receiver).length);
  for (const minutes of [1, 6, 12, 18]) await flush.invoke({}, atMs + minutes * minute);

  const receivers = await Promise.all(
    wireReceivers.map(async (receiver, index): Promise<CrowdAt> => {
      const claim = await truth.seen.claim({ findingId: shares[0]?.[0]?.id ?? '', receiver }, new Date(atMs));
      const { notified } = await truth.groups.state((claim.kind === 'delivered' && claim.group) || '');
      return { receiver, atOnce: atOnce[index] ?? 0, said: stage.taken(receiver).map(countOf), recorded: notified };
    }),
  );
  await Promise.all([...copies, flush].map(({ kill }) => kill()));
  await stage.close();
  return { processes, findings: processes * each, deliveredMs, cameAgain, receivers };
}

/** crowdProblems lists broken promises, in words for a person. */
export function crowdProblems({ findings, receivers }: Crowd): readonly string[] {
  return receivers.flatMap(({ receiver, atOnce, said, recorded }) => [
    ...(atOnce === 1 ? [] : [`${receiver}: got ${atOnce} notifications at once`]),
    ...(said.at(-1) === findings ? [] : [`${receiver}: got the counts ${said.join(', ')}, expected ${findings}`]),
    ...(said.every((count, index) => count > (said[index - 1] ?? 0))
      ? []
      : [`${receiver}: got the counts ${said.join(', ')}`]),
    ...(recorded === findings ? [] : [`${receiver}: ${recorded} are on record`]),
  ]);
}

/** The count that a notification gives; one where it gives none. */
function countOf(text: string): number {
  return Number(/(\d[\d,]*)\s+times since/.exec(text)?.[1]?.replaceAll(',', '') ?? 1);
}
