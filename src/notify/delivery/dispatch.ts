import type { Finding } from '../../model/finding.ts';
import { mutedBy, type Decider, type Decision } from '../routing/decide.ts';
import type { GroupPolicy } from '../routing/group-policy.ts';
import type { Muting, Started } from '../routing/inhibit.ts';
import type { Labels } from '../routing/labels.ts';
import { defaultPolicy } from '../routing/policy.ts';
import type { Receiver } from '../receivers/receiver.ts';

/** MutedBy is why a finding notifies nobody. The seen store remembers such a finding under that name instead of a receiver's. */
export type MutedBy = 'suppressed' | 'inhibited' | 'trial' | 'none';

/** Destination is a receiver that a finding goes to, and the policy there. */
export interface Destination {
  readonly receiver: Receiver;
  readonly policy: GroupPolicy;
}

/** Dispatch is where a finding goes, as far as the finding and the time alone decide it, and why, in words for a log. */
export interface Dispatch {
  readonly labels: Labels;
  /** Empty when the finding notifies nobody; `muted` then says why. */
  readonly to: readonly Destination[];
  readonly muted?: Muted;
  /** The inhibitions that mute the finding if they are in force; none for a suppressed finding. */
  readonly muting: readonly Muting[];
  /** The inhibitions that the finding starts when it is accepted. */
  readonly starts: readonly Started[];
  readonly why: Why;
}

/** Muted says what mutes a finding. */
export interface Muted {
  readonly by: MutedBy;
  /** The name of the suppression or inhibition, of the trial and rule, or of the rule, for the tally. */
  readonly name: string;
}

export type Why = Readonly<Record<string, string>>;

export type Dispatcher = (finding: Finding, now: Date) => Dispatch;

/**
 * createDispatch maps decisions to the receivers of a stage. A finding whose receivers are all missing (for example Slack without
 * an address) goes to every receiver of the stage instead of to nobody.
 * @param own receivers of Trailwatch itself, which get only the findings that are routed to them by name.
 * @throws {Error} without any receiver: nothing would ever arrive.
 */
export function createDispatch(
  { decide, inhibitions }: Pick<Decider, 'decide' | 'inhibitions'>,
  receivers: readonly Receiver[],
  own: readonly Receiver[] = [],
): Dispatcher {
  if (receivers.length === 0) {
    throw new Error(
      'config/*.yml: receivers: none is available in this stage: add an sns receiver, or a Slack address',
    );
  }
  const byName = new Map([...receivers, ...own].map((receiver) => [receiver.name, receiver]));
  return (finding, now) => {
    const decision = decide(finding, now);
    const { labels, route } = decision;
    const muting = inhibitions.muting(labels);
    const by = mutedBy(decision);
    if (by !== undefined) {
      const { name, why } = mutingWords(finding, decision);
      // What is suppressed need not be inhibited as well.
      return { labels, to: [], muted: { by, name }, muting: by === 'suppressed' ? [] : muting, starts: [], why };
    }

    const sent = { labels, muting, starts: inhibitions.starts(labels, now) };
    const present = route.to.flatMap(({ receiver, policy }): readonly Destination[] => {
      const there = byName.get(receiver);
      return there === undefined ? [] : [{ receiver: there, policy }];
    });
    if (present.length > 0) return { ...sent, to: present, why: { route: route.why } };
    const instead = `${route.receivers.join(', ')} is not available in this stage, so the finding goes to all receivers that are`;
    const policy = route.to[0]?.policy ?? defaultPolicy;
    return {
      ...sent,
      to: receivers.map((receiver) => ({ receiver, policy })),
      why: { route: `${route.why}; ${instead}` },
    };
  };
}

/** The name under which a finding that nobody is notified of is counted, and why, for a log. */
function mutingWords(
  { rule }: Finding,
  { suppressed, trial, route }: Decision,
): { readonly name: string; readonly why: Why } {
  if (suppressed !== undefined) {
    const { name, owner, reason, expires } = suppressed.suppression;
    return { name, why: { suppression: name, owner, reason, until: expires, matched: suppressed.why } };
  }
  if (trial !== undefined) {
    const { name, until, owner } = trial;
    const why = { trial: name, until, ...(owner !== undefined && { owner }), route: route.why };
    return { name: `${name}: ${rule.title}`, why };
  }
  return { name: rule.title, why: { route: route.why } };
}
