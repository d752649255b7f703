import type { DeliveryState } from './state/delivery-state.ts';
import { memberOf } from './group-members.ts';
import type { FindingGroup, Generation } from './state/group-store.ts';
import type { Due } from './state/outbox-store.ts';
import { aloneKey, generationKey, nextStepMs, placementOf, type Placed, type Placement } from './placement.ts';
import { programPolicy } from '../routing/policy.ts';
import { createBoundedMap } from './bounded-map.ts';
import { dedupeKeyOf } from './dedupe-key.ts';

/** GroupAcceptance is the group that answers for a finding from now on, and how the finding came into it. */
export interface GroupAcceptance {
  readonly group: string;
  readonly how: 'opened' | 'joined' | 'alone' | 'revived';
  readonly why: string;
  /** Whether the finding lacks a group of its own because there are too many groups. */
  readonly throttled: boolean;
  /** The due entry of the group, if a delivery step is due now. */
  readonly due?: Due;
}

export interface Candidate extends Placed {
  readonly allReceivers: readonly string[];
  readonly queuedMs?: number | undefined;
  /** Whether an earlier attempt to accept it has no recorded end: the finding may be in a group already. */
  readonly again: boolean;
}

export type GroupAcceptorState = Pick<DeliveryState, 'groups' | 'outbox' | 'throttle'>;

/** How many values of each kind one copy of the function remembers: some megabytes at most. */
const mostRemembered = 5_000;
/** How long before a delivery step a finding can still join it: clocks differ, and the write must end before. */
const marginMs = 15_000;

/**
 * createGroupAcceptor puts findings into groups. A crash between any two of its writes loses nothing: the queue brings the finding
 * again, and the writes are then the same.
 *
 * The due entry of a group is written before the group, so that no group is without one; an entry without a group is harmless. A
 * finding that joins is written before the due entry for it, so that a delivery step that finds the entry sees the finding.
 */
export function createGroupAcceptor({ groups, outbox, throttle }: GroupAcceptorState, now: () => Date) {
  // These values never change once they are known, so they may be remembered.
  const generations = createBoundedMap<Generation>(mostRemembered);
  const looks = createBoundedMap<number>(mostRemembered);
  const full = createBoundedMap<number>(mostRemembered);

  const openGeneration = async (base: string): Promise<Generation | undefined> => {
    const nowMs = now().getTime();
    const known = generations.get(base);
    if (known !== undefined && nowMs < known.closesMs) return known;
    const latest = await groups.latest(base);
    if (latest === undefined || nowMs >= latest.closesMs) return undefined;
    generations.set(base, latest);
    return latest;
  };

  const join = async (
    generation: Generation,
    { finding, receiver, policy }: Candidate,
    acceptance: Pick<GroupAcceptance, 'why' | 'throttled'>,
  ): Promise<GroupAcceptance> => {
    const { key, lead } = generation;
    await groups.join(generation, memberOf(finding));
    const nowMs = now().getTime();
    const joined = { ...acceptance, group: key, how: 'joined' } as const;
    // The attempt that opened the group ends here; the group is due now.
    if (lead === dedupeKeyOf(finding)) return { ...joined, due: await outbox.put(receiver.name, key, nowMs) };
    // Only entries written here count: the copy that opened the group may have had another policy.
    if (nowMs < (looks.get(key) ?? 0) - marginMs) return joined;
    const next = nextStepMs(generation, policy, nowMs);
    await outbox.put(receiver.name, key, next);
    looks.set(key, next);
    return joined;
  };

  const open = async (
    base: string | undefined,
    candidate: Candidate,
    groupReason: string,
    acceptance: Pick<GroupAcceptance, 'why' | 'throttled'>,
  ): Promise<GroupAcceptance> => {
    const { finding, receiver, parent, allReceivers, queuedMs } = candidate;
    const policy = receiver.grouping === 'each' ? programPolicy(candidate.policy) : candidate.policy;
    const openedMs = now().getTime();
    const lead = dedupeKeyOf(finding);
    const key = base === undefined ? aloneKey(receiver.name, finding) : generationKey(base, { openedMs, lead });
    const group: FindingGroup = {
      key,
      openedMs,
      closesMs: openedMs + policy.repeatMs,
      lead,
      receiver: receiver.name,
      finding,
      policy,
      groupReason,
      alone: base === undefined,
      allReceivers,
      ...(parent !== undefined && { parent }),
      ...(queuedMs !== undefined && { queuedMs }),
    };
    const due = await outbox.put(receiver.name, key, openedMs + policy.waitMs);
    const generation = await groups.open(base, group, now());
    if (base !== undefined) generations.set(base, generation);
    if (generation.key !== key) {
      // Another copy was first; no copy can use the group that was prepared here.
      await outbox.remove([due]);
      return join(generation, candidate, acceptance);
    }
    if (base !== undefined) {
      looks.set(key, due.atMs);
      await groups.join(generation, memberOf(finding));
    }
    const how = base === undefined ? 'alone' : 'opened';
    return { ...acceptance, group: key, how, ...(policy.waitMs === 0 && { due }) };
  };

  const isFull = async ({ scope }: Placement, group: string, { policy }: Candidate): Promise<boolean> => {
    if (scope === undefined) return false;
    const nowMs = now().getTime();
    if (nowMs < (full.get(scope) ?? 0)) return true;
    const place = await throttle.take(scope, group, { most: policy.most, forMs: policy.repeatMs }, now());
    if (place.kind === 'full') full.set(scope, place.untilMs);
    return place.kind === 'full';
  };

  /** The group of a finding that an earlier attempt accepted: the last generation at its place, perhaps a closed one. */
  const whereIs = async ({ base, overflow }: Placement, candidate: Candidate): Promise<GroupAcceptance | undefined> => {
    const { finding, receiver } = candidate;
    const alone = base === undefined ? await groups.find(aloneKey(receiver.name, finding)) : undefined;
    if (alone !== undefined) {
      const due = await outbox.put(receiver.name, alone.key, now().getTime());
      return { group: alone.key, how: 'alone', why: 'accepted before', throttled: false, due };
    }
    for (const each of [base, overflow?.base]) {
      const latest = each === undefined ? undefined : await groups.latest(each);
      if (latest === undefined || !(await groups.has(latest, dedupeKeyOf(finding)))) continue;
      const due = await outbox.put(receiver.name, latest.key, now().getTime());
      const throttled = each !== base;
      return { group: latest.key, how: 'joined', why: 'in the group before', throttled, due };
    }
    return undefined;
  };

  return {
    /** accept finds the group of a finding, or opens one. */
    async accept(candidate: Candidate): Promise<GroupAcceptance> {
      const placement = placementOf(candidate);
      const { base, overflow, groupReason } = placement;
      const earlier = candidate.again ? await whereIs(placement, candidate) : undefined;
      if (earlier !== undefined) return earlier;

      const there = base === undefined ? undefined : await openGeneration(base);
      if (there !== undefined) {
        const since = new Date(there.openedMs).toISOString();
        return join(there, candidate, { why: `${groupReason} since ${since}`, throttled: false });
      }
      const own = base ?? aloneKey(candidate.receiver.name, candidate.finding);
      if (overflow === undefined || !(await isFull(placement, own, candidate))) {
        return open(base, candidate, groupReason, {
          why: base === undefined ? groupReason : 'first of its group',
          throttled: false,
        });
      }
      const throttled = { why: overflow.groupReason, throttled: true };
      const counted = await openGeneration(overflow.base);
      if (counted !== undefined) return join(counted, candidate, throttled);
      return open(overflow.base, candidate, overflow.groupReason, throttled);
    },

    /** revive makes a group due again that ended in a dead letter; undefined when the group has expired. */
    async revive(key: string, receiver: string): Promise<GroupAcceptance | undefined> {
      const group = await groups.find(key);
      if (group === undefined) return undefined;
      // The entry first: a pending group must not be without one.
      const due = await outbox.put(receiver, key, now().getTime());
      await groups.revive(group);
      return { group: key, how: 'revived', why: 'sent again from the dead letters', throttled: false, due };
    },
  };
}

export type GroupAcceptor = ReturnType<typeof createGroupAcceptor>;
