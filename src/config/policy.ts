import * as v from 'valibot';
import { defaultPolicy, labelNames, mostThrottle, policyBounds, policyOf, policyProblem } from '../notify/settings.ts';
import type { GroupPolicy, PolicySettings, QuietHours, RouteTree } from '../notify/settings.ts';
import { durationOf, durationText } from '../time/duration.ts';
import { isTimezone } from '../time/zoned-time.ts';
import { object, text } from './schema.ts';

const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const overrides = ['low', 'medium', 'high', 'critical'] as const;

const grouping = `must be news, finding, or a list of different labels: ${labelNames.join(', ')}`;

const groupBy = v.lazy((given) =>
  Array.isArray(given)
    ? v.pipe(
        v.array(v.picklist(labelNames, grouping)),
        v.minLength(1, grouping),
        v.check((names) => new Set(names).size === names.length, grouping),
      )
    : v.picklist(['news', 'finding'], grouping),
);

const throttling = `must be a whole number from 1 to ${mostThrottle}, or off`;

const throttle = v.lazy((given) =>
  typeof given === 'number'
    ? v.pipe(v.number(), v.integer(throttling), v.minValue(1, throttling), v.maxValue(mostThrottle, throttling))
    : v.literal('off', throttling),
);

const clock = v.pipe(
  v.string('must be a time of day in quotes, as "22:00"'),
  v.regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day in quotes, from "00:00" to "23:59"'),
);

const hours = v.pipe(
  object({
    from: v.exactOptional(clock),
    to: v.exactOptional(clock),
    days: v.optional(
      v.pipe(
        v.array(
          v.picklist(days, `must be one of ${days.join(', ')}`),
          `must be a list of days that are quiet as a whole: ${days.join(', ')}`,
        ),
        v.maxLength(days.length - 1, 'leaves no day for notifications: give the route "receivers: none" instead'),
        v.check((all) => new Set(all).size === all.length, 'names a day twice'),
      ),
      [],
    ),
    timezone: v.pipe(text(), v.check(isTimezone, 'not a time zone: write Europe/Berlin, America/New_York or UTC')),
    except: v.optional(v.picklist(overrides, `must be one of ${overrides.join(', ')}`), 'critical'),
  }),
  v.check(
    ({ from, to }) => (from === undefined) === (to === undefined),
    'must have both from and to, or neither and only whole days',
  ),
  v.check(
    ({ from, to }) => from === undefined || from !== to,
    'has the same time in from and to: name the days instead',
  ),
  v.check(
    ({ from, days: whole }) => from !== undefined || whole.length > 0,
    'is never quiet: add from and to, or days',
  ),
  v.transform(({ from = '00:00', to = '00:00', ...rest }): QuietHours => ({ from, to, ...rest })),
);

/** policyOptions are the options of a route that say how it groups and when it notifies. */
export const policyOptions = {
  groupBy: v.exactOptional(groupBy),
  groupWait: v.exactOptional(durationBetween(policyBounds.groupWait)),
  groupInterval: v.exactOptional(durationBetween(policyBounds.groupInterval)),
  repeatInterval: v.exactOptional(durationBetween(policyBounds.repeatInterval)),
  throttle: v.exactOptional(throttle),
  quietHours: v.exactOptional(
    v.lazy((given) => (typeof given === 'string' ? v.literal('off', 'must be off, or a map') : hours)),
  ),
};

/** durationBetween is a duration as people write it, `30s`, `5m`, `4h` or `7d`, in milliseconds. */
export function durationBetween({ least, most }: { readonly least: number; readonly most: number }) {
  const message = `must be a duration from ${durationText(least)} to ${durationText(most)}, as 30s, 5m, 4h or 7d`;
  return v.pipe(
    v.string(message),
    v.transform((written) => durationOf(written) ?? -1),
    v.minValue(least, message),
    v.maxValue(most, message),
  );
}

/** PolicyProblem is a contradiction between a route's options and those that it inherits. */
export interface PolicyProblem {
  readonly keys: readonly string[];
  readonly problem: string;
}

/**
 * policyProblems finds the routes of a file whose intervals contradict each other.
 * @param root the options at the root of all files together, which this file's routes inherit.
 */
export function policyProblems(tree: RouteTree, root: PolicySettings): readonly PolicyProblem[] {
  return problemsBelow(tree, policyOf(defaultPolicy, root), ['route']);
}

function problemsBelow(tree: RouteTree, above: GroupPolicy, keys: readonly string[]): readonly PolicyProblem[] {
  const policy = policyOf(above, tree);
  const problem = policyProblem(policy);
  // The routes below inherit the problem; it is reported once.
  if (problem !== undefined) return [{ keys, problem }];
  return tree.routes.flatMap((below, index) => problemsBelow(below, policy, [...keys, 'routes', String(index)]));
}
