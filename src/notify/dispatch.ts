import type { Finding } from '../model/finding.ts';
import type { Decider } from './decide.ts';
import type { Receiver } from './receiver.ts';

/** nobody are the receivers of what is not sent: the pipeline remembers such a finding as it does a delivered one. */
export const nobody = {
  suppressed: receiverOfNothing('suppressed'),
  none: receiverOfNothing('none'),
} as const;

/** Dispatch is to whom a finding goes, and why, in words for a log. */
export interface Dispatch {
  readonly to: readonly Receiver[];
  readonly why: Readonly<Record<string, string>>;
}

/**
 * createDispatch takes decisions to the receivers that there are. A finding whose receivers are all absent (a Slack without
 * an address) goes to every one that is there: it was meant for somebody.
 * @throws {Error} when there is no receiver at all: nothing would ever arrive.
 */
export function createDispatch(
  decider: Pick<Decider, 'decide'>,
  receivers: readonly Receiver[],
): (finding: Finding, now: Date) => Dispatch {
  if (receivers.length === 0) {
    throw new Error(
      'config/*.yml: receivers: none of them is there in this stage: give it an sns receiver, or a Slack address',
    );
  }
  return (finding, now) => {
    const { suppressed, route } = decider.decide(finding, now);
    if (suppressed !== undefined) {
      const { name, owner, reason } = suppressed.suppression;
      return { to: [nobody.suppressed], why: { suppression: name, owner, reason, matched: suppressed.why } };
    }
    if (route.receivers.length === 0) return { to: [nobody.none], why: { route: route.why } };
    const present = receivers.filter(({ name }) => route.receivers.includes(name));
    if (present.length > 0) return { to: present, why: { route: route.why } };
    const instead = `${route.receivers.join(', ')} is not there in this stage, so it goes to all that are`;
    return { to: receivers, why: { route: `${route.why}; ${instead}` } };
  };
}

function receiverOfNothing(name: string): Receiver {
  return { name, concurrency: 4, send: async () => {} };
}
