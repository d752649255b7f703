import type { InstanceCall } from '../../describe/instance/call.ts';
import type { StateChange } from '../../describe/instance/state.ts';
import type { LogRecord } from '../../model/log-record.ts';

/** InstanceFact is one thing that happened to one instance: a call, or a change of its state. */
export type InstanceFact = CallFact | ChangeFact;

export interface CallFact extends InstanceCall {
  readonly kind: 'call';
}

export interface ChangeFact extends TimedChange {
  readonly kind: 'change';
  /** What is told again when it becomes known only later who was behind it. */
  readonly record: LogRecord;
}

export interface TimedChange extends StateChange {
  readonly eventId: string;
  /** ISO 8601, UTC, with milliseconds. */
  readonly time: string;
}

/** InstanceLog remembers what happened to instances, for calls and changes of state that come by different paths. */
export interface InstanceLog {
  /**
   * add keeps a fact. One that is there already changes nothing.
   * @throws {InstanceLogError} when it could not be written.
   */
  readonly add: (fact: InstanceFact) => Promise<void>;
  /**
   * read gives an instance's facts up to an event time (ms since 1970), that time included: the latest ones, in order of time.
   * What any writer added before is among them.
   * @throws {InstanceLogError} when they could not be read.
   */
  readonly read: (instance: string, until: number) => Promise<readonly InstanceFact[]>;
}

/** InstanceLogError says that instances' facts could not be written or read; trying again can help. */
export class InstanceLogError extends Error {
  override readonly name = 'InstanceLogError';
}

/** How many facts are read of an instance at once: a busy day's, so that nobody can push out what matters by a few calls. */
export const factsRead = 200;

/** inOrder sorts facts by time, then so that every log gives the same order. */
export function inOrder(facts: readonly InstanceFact[]): readonly InstanceFact[] {
  return facts.toSorted((a, b) => compare(a.time, b.time) || compare(a.kind, b.kind) || compare(a.eventId, b.eventId));
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
