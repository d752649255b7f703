import type { Acceptor } from './accept.ts';
import type { DeliveryState } from './state/delivery-state.ts';
import type { FindingGroup, GroupState } from './state/group-store.ts';
import type { Due } from './state/outbox-store.ts';
import type { Receiver } from '../receivers/receiver.ts';

/** Fallback is the receiver of a critical finding when all chats that it goes to fail. */
export interface Fallback {
  /** The stage's own topic. */
  readonly receiver: Receiver;
  /** Receivers that people read, except topics: when all of a finding's chats have failed, it goes to the fallback. */
  readonly chats: ReadonlySet<string>;
  /** Receivers that are topics: a finding that goes to one needs no fallback. */
  readonly topics: ReadonlySet<string>;
}

/** After how many failures in a row a receiver counts as failed, if another try could help. */
const failuresToFail = 3;

/** chatsThatMustFail lists the chats that must all fail before the fallback gets the finding; empty when it needs no fallback. */
function chatsThatMustFail(
  { finding, allReceivers, receiver }: FindingGroup,
  state: Pick<GroupState, 'notified'>,
  { chats, topics }: Fallback,
): readonly string[] {
  if (finding.rule.level !== 'critical' || state.notified > 0 || !chats.has(receiver)) return [];
  if (allReceivers.some((name) => topics.has(name))) return [];
  return allReceivers.filter((name) => chats.has(name));
}

export interface Failing {
  readonly group: FindingGroup;
  readonly state: GroupState;
  /** Failures in a row, including this one. */
  readonly failures: number;
  /** Whether the receiver is given up: it refuses the finding, or its circuit is open. */
  readonly givenUp: boolean;
}

/**
 * createFallback hands a critical finding on when its last chat has failed. The state remembers the failed chats, since each
 * receiver has delivery steps of its own, perhaps in another copy of the function. It throws when the state fails.
 */
export function createFallback(
  fallback: Fallback | undefined,
  { fallbacks }: Pick<DeliveryState, 'fallbacks'>,
  { acceptAt }: Pick<Acceptor, 'acceptAt'>,
  now: () => Date,
): (failing: Failing) => Promise<readonly Due[]> {
  return async ({ group, state, failures, givenUp }) => {
    if (fallback === undefined || (!givenUp && failures < failuresToFail)) return [];
    const must = chatsThatMustFail(group, state, fallback);
    if (must.length === 0) return [];
    const failed = await fallbacks.fail(group.lead, group.receiver, now());
    if (!must.every((name) => failed.has(name))) return [];
    const { quiet: _quiet, ...policy } = group.policy;
    const { outcomes, due } = await acceptAt(
      { finding: group.finding, queuedMs: group.queuedMs },
      { receiver: fallback.receiver, policy: { ...policy, by: 'news' } },
      { fallback: `${must.join(', ')} did not take it` },
    );
    // The caller then gives the finding up, which it must not before the fallback has accepted it.
    for (const outcome of outcomes) if (outcome.kind === 'failed') throw outcome.error;
    return due;
  };
}
