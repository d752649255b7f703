import type { LogRecord } from '../../model/log-record.ts';
import { at, textAt } from '../read.ts';

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

/** On the way to a state, an instance is in another: what brought that one about is the reason for both. */
const onTheWay = new Map([
  ['running', 'pending'],
  ['stopped', 'stopping'],
  ['terminated', 'shutting-down'],
]);

/** stateOnTheWay is the passing state that leads to one that lasts. */
export function stateOnTheWay(state: string): string | undefined {
  return onTheWay.get(state);
}

/** StateChange is an instance that came into a state. */
export interface StateChange {
  readonly instance: string;
  readonly state: string;
}

/** stateChangeOf reads EventBridge's notification, whose whole envelope is the record; undefined for any other record. */
export function stateChangeOf({ fields }: Pick<LogRecord, 'fields'>): StateChange | undefined {
  if (fields['detail-type'] !== 'EC2 Instance State-change Notification') return undefined;
  const detail = at(fields, 'detail');
  const [instance, state] = [textAt(detail, 'instance-id'), textAt(detail, 'state')];
  return isInstanceId(instance) && state !== undefined ? { instance, state } : undefined;
}

/** isInstanceId recognises EC2's ids, old and new. */
export function isInstanceId(id: string | undefined): id is string {
  return id !== undefined && /^i-(?:[0-9a-f]{8}|[0-9a-f]{17})$/i.test(id);
}
