import { durationText } from '../../time/duration.ts';
import type { GroupPolicy, QuietHours } from './group-policy.ts';
import type { LabelName } from './labels.ts';

/** PolicySettings is the part of a route that says how it groups and when it notifies; a route inherits what it leaves out. */
export interface PolicySettings {
  readonly groupBy?: 'news' | 'finding' | readonly LabelName[];
  /** Milliseconds, as are the other intervals. */
  readonly groupWait?: number;
  readonly groupInterval?: number;
  readonly repeatInterval?: number;
  readonly throttle?: number | 'off';
  readonly quietHours?: QuietHours | 'off';
}

const minute = 60_000;
const hour = 60 * minute;

/** policyBounds are the smallest and largest value of each interval, in milliseconds: groups are flushed once a minute. */
export const policyBounds = {
  groupWait: { least: 0, most: hour },
  groupInterval: { least: minute, most: 24 * hour },
  repeatInterval: { least: minute, most: 7 * 24 * hour },
} as const;

/** mostThrottle is the largest throttle, apart from `off`. */
export const mostThrottle = 1000;

/** defaultPolicy applies where no route says otherwise. */
export const defaultPolicy: GroupPolicy = {
  by: 'news',
  waitMs: 0,
  updateMs: 5 * minute,
  repeatMs: 4 * hour,
  most: 10,
};

/** policyOf applies a route's own settings to the policy of the route above it. */
export function policyOf(above: GroupPolicy, own: PolicySettings): GroupPolicy {
  const { quiet: quietAbove, ...rest } = above;
  const quiet = own.quietHours === 'off' ? undefined : (own.quietHours ?? quietAbove);
  return {
    by: own.groupBy ?? rest.by,
    waitMs: own.groupWait ?? rest.waitMs,
    updateMs: own.groupInterval ?? rest.updateMs,
    repeatMs: own.repeatInterval ?? rest.repeatMs,
    // The largest number instead of infinity, which JSON does not have.
    most: own.throttle === 'off' ? Number.MAX_SAFE_INTEGER : (own.throttle ?? rest.most),
    ...(quiet && { quiet }),
  };
}

/** programPolicy is the policy for a receiver that programs read: it sends each finding at once, also in quiet hours. */
export function programPolicy({ quiet: _quiet, ...policy }: GroupPolicy): GroupPolicy {
  return { ...policy, waitMs: 0 };
}

/** policyProblem says which intervals of a policy contradict each other; undefined when none do. */
export function policyProblem({ waitMs, updateMs, repeatMs }: GroupPolicy): string | undefined {
  if (repeatMs < updateMs) {
    return `repeatInterval ${durationText(repeatMs)} is shorter than groupInterval ${durationText(updateMs)}: a group would end before its first update`;
  }
  if (repeatMs <= waitMs) {
    return `repeatInterval ${durationText(repeatMs)} must be longer than groupWait ${durationText(waitMs)}: a group would end before its first notification`;
  }
  return undefined;
}
