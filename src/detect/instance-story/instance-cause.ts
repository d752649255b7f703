import { leadsTo, undoes } from '../../describe/instance/call.ts';
import { stateOnTheWay } from '../../describe/instance/state.ts';
import type { CallFact, InstanceFact, TimedChange } from './instance-log.ts';
import { hourMs } from '../../time/duration.ts';

/** How long after a call its effect may begin: EC2 changes the state within seconds, a group's hook may hold it up. */
const beforeMs = 10 * 60_000;
/** How far the clocks of CloudTrail and EC2 may be apart: a call may seem to follow its own effect. */
const skewMs = 60_000;
/** How long an instance may be on the way to a state: a guest that hangs is forced after some minutes, metal takes longer. */
const onTheWayMs = hourMs;

/** How far around a change of state, in ms, lies what decides about its cause. */
export const bearing = { before: onTheWayMs + beforeMs, after: skewMs } as const;

/**
 * causeOf finds the call that brought an instance into a state, among what is known of the instance. It is the latest one
 * that leads to such a state and was made shortly before; one that was undone since, or that comes too early, is not
 * blamed for what AWS did by itself. The answer depends on the set of facts alone.
 */
export function causeOf(facts: readonly InstanceFact[], change: TimedChange): CallFact | undefined {
  // What set the instance on its way is why it arrived, however long that took.
  const began = Date.parse(beginningOf(facts, change).time);
  const calls = facts.filter((fact) => fact.kind === 'call');
  const possible = calls.filter((call) => {
    const at = Date.parse(call.time);
    if (!leadsTo(call, change.state) || at < began - beforeMs || at > began + skewMs) return false;
    return !calls.some((later) => undoes(later, call) && later.time > call.time && Date.parse(later.time) < began);
  });
  // EC2's own call did it; Auto Scaling's says who asked for that, and may be all that is known so far.
  const own = preferred(possible, ({ service }) => service === 'ec2');
  // A call that seems to follow its effect is only thought of when none comes before.
  const cause = latest(preferred(own, ({ time }) => Date.parse(time) <= began));
  return cause && (askedFor(cause, possible) ?? cause);
}

/** stateBeforeOf is the state that an instance was in last before it came into this one, if that is known. */
export function stateBeforeOf(
  facts: readonly InstanceFact[],
  change: TimedChange,
  cause: CallFact | undefined,
): string | undefined {
  const onTheWay = stateOnTheWay(change.state);
  const states = facts
    .flatMap((fact): readonly Seen[] => {
      if (fact.kind === 'change') return [{ time: fact.time, step: 2, state: fact.state }];
      // The cause comes before its effect, whatever the clocks say.
      const time = fact === cause && fact.time > change.time ? change.time : fact.time;
      return [
        ...(fact.before === undefined ? [] : [{ time, step: 0, state: fact.before }]),
        ...(fact.after === undefined ? [] : [{ time, step: 1, state: fact.after }]),
      ];
    })
    .filter(({ time, step, state }) => time < change.time || (time === change.time && (step < 2 || state === onTheWay)))
    .sort((a, b) => compare(a.time, b.time) || a.step - b.step);
  // The call's own answer names the state that it led to; the one before that is asked for.
  const last = states.findLast(({ state, time }) => state !== change.state || !isNear(time, change.time));
  // An instance doesn't come into the state it is in: something between the two is not known.
  return last?.state === change.state ? undefined : last?.state;
}

interface Seen {
  readonly time: string;
  /** Orders what is known at the same time: what a call found, what it answered, what was reported. */
  readonly step: number;
  readonly state: string;
}

/** The change with which the instance set out: the one before, when that was the state on the way to this one. */
function beginningOf(facts: readonly InstanceFact[], change: TimedChange): TimedChange {
  const onTheWay = stateOnTheWay(change.state);
  const previous = facts.findLast(
    (fact) =>
      fact.kind === 'change' &&
      fact.time <= change.time &&
      fact.eventId !== change.eventId &&
      fact.state !== change.state,
  );
  if (onTheWay === undefined || previous?.kind !== 'change' || previous.state !== onTheWay) return change;
  return Date.parse(change.time) - Date.parse(previous.time) <= onTheWayMs ? previous : change;
}

/** Those calls that a condition holds for, or all when it holds for none. */
function preferred(calls: readonly CallFact[], condition: (call: CallFact) => boolean): readonly CallFact[] {
  const wanted = calls.filter(condition);
  return wanted.length > 0 ? wanted : calls;
}

function latest(calls: readonly CallFact[]): CallFact | undefined {
  return calls.toSorted((a, b) => compare(a.time, b.time) || compare(a.eventId, b.eventId)).at(-1);
}

/** Auto Scaling ends an instance with a call of its own when somebody asks for that: who asked is the cause. */
function askedFor(cause: CallFact, possible: readonly CallFact[]): CallFact | undefined {
  if (cause.via !== 'service') return undefined;
  return latest(possible.filter(({ service, time }) => service === 'autoscaling' && time <= cause.time));
}

function isNear(time: string, other: string): boolean {
  return Math.abs(Date.parse(time) - Date.parse(other)) <= beforeMs;
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
