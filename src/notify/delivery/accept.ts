import type { Finding } from '../../model/finding.ts';
import {
  createGroupAcceptor,
  type GroupAcceptance,
  type GroupAcceptorState,
  type GroupAcceptor,
} from './accept-into-group.ts';
import type { DeliveryState } from './state/delivery-state.ts';
import type { Destination, Dispatch, Dispatcher, Muted, Why } from './dispatch.ts';
import type { Started } from '../routing/inhibit.ts';
import type { Due } from './state/outbox-store.ts';
import { DeliveryError, type DeliveryReason } from '../receivers/receiver.ts';
import type { DeliveryKey, Lease } from './state/seen-store.ts';
import { createBoundedMap } from './bounded-map.ts';
import { dedupeKeyOf, dedupeKeysOf, wholeAlertOf } from './dedupe-key.ts';

/** Arrival is a finding from the queue. */
export interface Arrival {
  readonly finding: Finding;
  /** Milliseconds since 1970: when the queue got it. */
  readonly queuedMs?: number | undefined;
}

/** AcceptOutcome is the result of accepting one finding for one receiver, with the reason. */
export type AcceptOutcome = { readonly finding: Finding; readonly receiver: string; readonly why: Why } & (
  | ({ readonly kind: 'accepted' } & Pick<GroupAcceptance, 'group' | 'how' | 'throttled'>)
  | { readonly kind: 'already-accepted' }
  /** The finding notifies nobody; `receiver` is the kind of mute, and `name` the suppression, inhibition, trial or rule. */
  | { readonly kind: 'muted'; readonly name: string }
  | { readonly kind: 'failed'; readonly error: DeliveryError }
);

export interface Accepted {
  readonly outcomes: readonly AcceptOutcome[];
  /** The groups that are due now. */
  readonly due: readonly Due[];
}

export interface AcceptParts {
  readonly state: GroupAcceptorState & Pick<DeliveryState, 'seen' | 'inhibitions'>;
  readonly dispatch: Dispatcher;
  readonly now: () => Date;
}

export interface Acceptor {
  /** accept takes a finding for each of its receivers. An accepted finding notifies, whatever happens. It never throws. */
  readonly accept: (arrival: Arrival) => Promise<Accepted>;
  /** acceptAt takes a finding for one receiver, for a reason of its own. */
  readonly acceptAt: (arrival: Arrival, destination: Destination, why: Why) => Promise<Accepted>;
}

/** A burst of findings that mute others would write one item over and over. */
const sameStartMs = 5_000;
const mostStarted = 1_000;

/** createAcceptor makes the first half of the pipeline: dedupe, suppress, inhibit, try, route, group, throttle. */
export function createAcceptor({ state, dispatch, now }: AcceptParts): Acceptor {
  const { seen, inhibitions } = state;
  const groupAcceptor = createGroupAcceptor(state, now);

  /** What mutes a finding. A finding that has notified one receiver is not muted for the others. */
  const mutedBy = async (
    finding: Finding,
    { muted, muting, to }: Dispatch,
  ): Promise<(Muted & { why: Why }) | undefined> => {
    if (muting.length === 0) return muted && { ...muted, why: {} };
    const findingId = dedupeKeyOf(finding);
    const inhibitedAt = await seen.find({ findingId, receiver: 'inhibited' }, now());
    const active = await inhibitions.active(unique(muting.map(({ key }) => key)), now());
    const by = muting.find(({ key }) => active.has(key)) ?? (inhibitedAt === undefined ? undefined : muting[0]);
    if (by === undefined) return muted && { ...muted, why: {} };
    for (const { receiver } of to) {
      if ((await seen.find({ findingId, receiver: receiver.name }, now())) !== undefined) return undefined;
    }
    return { by: 'inhibited', name: by.name, why: { inhibition: by.name, reason: by.reason } };
  };

  const mute = async (finding: Finding, { by, name, why }: Muted & { why: Why }): Promise<AcceptOutcome> => {
    const at = { finding, receiver: by, why };
    const claimed = await claim({ findingId: dedupeKeyOf(finding), receiver: by }, state, now());
    if (claimed.kind === 'failed') return { ...at, ...claimed };
    if (claimed.kind === 'delivered') return { ...at, kind: 'already-accepted' };
    await seen.record(claimed.lease, now());
    return { ...at, kind: 'muted', name };
  };

  const started = createBoundedMap<number>(mostStarted);
  const start = async ({ key, untilMs }: Started): Promise<void> => {
    if (untilMs < (started.get(key) ?? 0) + sameStartMs) return;
    started.set(key, untilMs);
    // An inhibition that does not start costs an alert too many; a finding must not fail for it.
    await inhibitions.start(key, untilMs).catch(() => started.set(key, 0));
  };

  const guarded = async (
    finding: Finding,
    receiver: string,
    why: Why,
    work: () => Promise<AcceptOutcome | Accepted>,
  ): Promise<Accepted> => {
    try {
      const done = await work();
      return 'outcomes' in done ? done : { outcomes: [done], due: [] };
    } catch (cause) {
      const error = failure('state-unavailable', `${receiver}: the state could not be read or written`, cause);
      return { outcomes: [{ finding, receiver, why, kind: 'failed', error }], due: [] };
    }
  };

  const at = (
    arrival: Arrival,
    { labels, why }: Pick<Dispatch, 'labels' | 'why'>,
    destination: Destination,
    allReceivers: readonly string[],
  ): Promise<Accepted> =>
    guarded(arrival.finding, destination.receiver.name, why, () =>
      acceptOne({ ...arrival, ...destination, labels, allReceivers, why }, state, groupAcceptor, now),
    );

  // Copies of a finding in one batch, or an alert and an addition to it: the second waits for the first, not for the queue.
  const underWay = new Map<string, Promise<unknown>>();
  const inOrder = async <T>(id: string, work: () => Promise<T>): Promise<T> => {
    const mine = (underWay.get(id) ?? Promise.resolve()).then(work);
    const settled = mine.catch(() => undefined);
    underWay.set(id, settled);
    try {
      return await mine;
    } finally {
      if (underWay.get(id) === settled) underWay.delete(id);
    }
  };

  return {
    accept: (arrival) => inOrder(arrival.finding.id, () => acceptInOrder(arrival)),
    acceptAt: (arrival, destination, why) => at(arrival, { labels: {}, why }, destination, [destination.receiver.name]),
  };

  async function acceptInOrder(arrival: Arrival): Promise<Accepted> {
    const { finding } = arrival;
    const decided = dispatch(finding, now());
    let begun = false;
    const early = await guarded(finding, 'all', decided.why, async () => {
      const muted = await mutedBy(finding, decided);
      if (muted !== undefined) return mute(finding, { ...muted, why: { ...decided.why, ...muted.why } });
      begun = true;
      return { outcomes: [], due: [] };
    });
    if (!begun) return early;

    const allReceivers = decided.to.map(({ receiver }) => receiver.name);
    const all = await Promise.all(decided.to.map((destination) => at(arrival, decided, destination, allReceivers)));
    const outcomes = all.flatMap((each) => each.outcomes);
    if (outcomes.some(({ kind }) => kind === 'accepted')) await Promise.all(decided.starts.map(start));
    return { outcomes, due: all.flatMap(({ due }) => due) };
  }
}

interface One extends Arrival, Destination, Pick<Dispatch, 'labels' | 'why'> {
  readonly allReceivers: readonly string[];
}

// One finding at one receiver: claim, find its group, record.
async function acceptOne(
  { finding, queuedMs, receiver, policy, labels, allReceivers, why }: One,
  state: AcceptParts['state'],
  groupAcceptor: GroupAcceptor,
  now: () => Date,
): Promise<AcceptOutcome | Accepted> {
  const { seen } = state;
  const facts = { finding, receiver: receiver.name, why };
  const own = await claim({ findingId: dedupeKeyOf(finding), receiver: receiver.name }, state, now());
  if (own.kind === 'failed') return { ...facts, ...own };
  if (own.kind === 'delivered') {
    return { ...facts, kind: 'already-accepted', why: { ...why, seen: `accepted at ${own.at}` } };
  }

  // An addition goes out as a short message where its alert was sent, and as the alert itself where it came first.
  const alert =
    finding.completes === undefined
      ? undefined
      : await claim({ findingId: finding.id, receiver: receiver.name }, state, now());
  if (alert?.kind === 'failed') {
    await seen.release(own.lease).catch(() => undefined);
    return { ...facts, ...alert };
  }
  const leases: Pick<Lease, 'key'>[] = [own.lease];
  let parent = alert?.kind === 'delivered' ? alert.group : undefined;
  let sent = finding;
  const due: Due[] = [];
  if (alert?.kind === 'granted') {
    const revived = await reviveOf(alert.lease, groupAcceptor);
    if (revived === undefined) {
      sent = wholeAlertOf(finding);
      leases.push(alert.lease);
    } else {
      parent = revived.group;
      if (revived.due) due.push(revived.due);
      await seen.record(alert.lease, now(), revived.group);
    }
  }

  const candidate = { finding: sent, receiver, policy, labels, parent, allReceivers, queuedMs };
  const again = own.lease.again === true || (alert?.kind === 'granted' && alert.lease.again === true);
  const acceptance =
    (await reviveOf(own.lease, groupAcceptor)) ?? (await groupAcceptor.accept({ ...candidate, again }));

  // An alert that names its actor needs no addition, so the addition counts as accepted too.
  for (const findingId of dedupeKeysOf(sent)) {
    if (leases.every(({ key }) => key.findingId !== findingId)) {
      leases.push({ key: { receiver: receiver.name, findingId } });
    }
  }
  await Promise.all(leases.map((lease) => seen.record(lease, now(), acceptance.group)));
  const { group, how, throttled } = acceptance;
  if (acceptance.due) due.push(acceptance.due);
  const outcome = { ...facts, why: { ...why, group: acceptance.why }, kind: 'accepted', how, throttled } as const;
  return { outcomes: [{ ...outcome, group }], due };
}

async function reviveOf({ key, parked }: Lease, groupAcceptor: GroupAcceptor): Promise<GroupAcceptance | undefined> {
  return parked === undefined ? undefined : groupAcceptor.revive(parked, key.receiver);
}

type Claimed =
  | { readonly kind: 'granted'; readonly lease: Lease }
  | { readonly kind: 'delivered'; readonly at: string; readonly group?: string }
  | { readonly kind: 'failed'; readonly error: DeliveryError };

async function claim(key: DeliveryKey, { seen }: Pick<DeliveryState, 'seen'>, now: Date): Promise<Claimed> {
  const claimed = await seen.claim(key, now);
  if (claimed.kind !== 'held') return claimed;
  // Not a success: if the holder crashes, this copy must come back and be delivered.
  const message = `${key.receiver}: another copy of this finding is being accepted until ${claimed.until}`;
  return { kind: 'failed', error: failure('held', message) };
}

function failure(reason: DeliveryReason, message: string, cause?: unknown): DeliveryError {
  const why = cause instanceof Error ? `: ${cause.message}` : '';
  return new DeliveryError(`${message}${why}`, { reason, retryable: true, cause });
}

function unique(keys: readonly string[]): readonly string[] {
  return [...new Set(keys)];
}
