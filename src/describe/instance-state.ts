import type { LogRecord } from '../model/log-record.ts';
import { at, listOf, textAt } from './read.ts';

/**
 * Where the life cycle leaves one answer: only a pending instance comes to run, and only a running one begins to stop.
 * `stopped` also follows `pending` after a start that failed, `terminated` also `stopped`.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-lifecycle.html
 */
const onlyBefore = new Map([
  ['running', 'pending'],
  ['stopping', 'running'],
]);

/** stateBefore is the state that an instance must have left for this one, when there is only one. */
export function stateBefore(state: string): string | undefined {
  return onlyBefore.get(state);
}

/** InstanceStates remembers the states that records told of, to answer which one an instance was in before a time. */
export interface InstanceStates {
  observe(record: LogRecord): void;
  before(instance: string, time: string): string | undefined;
}

interface Seen {
  readonly time: string;
  readonly state: string;
}

const maxStatesKept = 16;

/**
 * createInstanceStates starts with nothing known and forgets the longest unheard-of instances beyond `maxInstances`.
 * Records may come in any order: the answer goes by their times.
 */
export function createInstanceStates(maxInstances = 10_000): InstanceStates {
  const states = new Map<string, readonly Seen[]>();
  return {
    observe(record) {
      for (const { instance, time, state } of statesOf(record)) {
        const seen = [...(states.get(instance) ?? []), { time, state }];
        states.delete(instance);
        states.set(
          instance,
          seen.toSorted((a, b) => (a.time < b.time ? -1 : Number(a.time > b.time))).slice(-maxStatesKept),
        );
        const [oldest] = states.keys();
        if (states.size > maxInstances && oldest !== undefined) states.delete(oldest);
      }
    },
    before: (instance, time) => states.get(instance)?.findLast((seen) => seen.time < time)?.state,
  };
}

/** statesOf reads state changes, and what Start-, Stop- and TerminateInstances answered. */
function statesOf({ fields, time }: LogRecord): readonly (Seen & { readonly instance: string })[] {
  const detail = at(fields, 'detail');
  const changed = { time, instance: textAt(detail, 'instance-id'), state: textAt(detail, 'state') };
  const answered = listOf(at(fields, 'responseElements', 'instancesSet', 'items')).map((item) => ({
    time,
    instance: textAt(item, 'instanceId'),
    state: textAt(item, 'currentState', 'name'),
  }));
  return [changed, ...answered].filter(
    (one): one is Seen & { readonly instance: string } => one.instance !== undefined && one.state !== undefined,
  );
}
