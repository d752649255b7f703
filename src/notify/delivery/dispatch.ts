import type { Finding } from '../../model/finding.ts';
import { mutedBy, type Decider, type Decision } from '../routing/decide.ts';
import type { GroupPolicy } from '../routing/group-policy.ts';
import type { Muting, Started } from '../routing/inhibit.ts';
import type { Labels } from '../routing/labels.ts';
import { defaultPolicy } from '../routing/policy.ts';
import type { Receiver } from '../receivers/receiver.ts';

/** MutedBy is why nobody is told of a finding. Such a finding is remembered under that name, as a told one is under its receiver's. */
export type MutedBy = 'suppressed' | 'inhibited' | 'trial' | 'none';

/** Destination is a receiver that a finding goes to, and how it is told there. */
export interface Destination {
  readonly receiver: Receiver;
  readonly policy: GroupPolicy;
}

/** Dispatch is what becomes of a finding, as far as the finding and the time alone say, and why, in words for a log. */
export interface Dispatch {
  readonly labels: Labels;
  /** Empty for nobody; `kept` says why then. */
  readonly to: readonly Destination[];
  readonly muted?: Muted;
  /** What would mute the finding, were it in force. What is suppressed need not be muted. */
  readonly muting: readonly Muting[];
  /** What the finding mutes, once it is told. */
  readonly starts: readonly Started[];
  readonly why: Why;
}

/** Muted says what keeps a finding from everybody. */
export interface Muted {
  readonly by: MutedBy;
  /** The suppression, inhibition, trial and rule, or rule, for a tally. */
  readonly name: string;
}

export type Why = Readonly<Record<string, string>>;

export type Dispatcher = (finding: Finding, now: Date) => Dispatch;

/**
 * createDispatch takes decisions to the receivers that there are. A finding whose receivers are all absent (a Slack without
 * an address) goes to every one that is there: it was meant for somebody.
 * @param own receivers of Trailwatch's own, to which goes only what is routed there by name.
 * @throws {Error} when there is no receiver at all: nothing would ever arrive.
 */
export function createDispatch(
  { decide, inhibitions }: Pick<Decider, 'decide' | 'inhibitions'>,
  receivers: readonly Receiver[],
  own: readonly Receiver[] = [],
): Dispatcher {
  if (receivers.length === 0) {
    throw new Error(
      'config/*.yml: receivers: none of them is there in this stage: give it an sns receiver, or a Slack address',
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
    const instead = `${route.receivers.join(', ')} is not there in this stage, so it goes to all that are`;
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
