import * as v from 'valibot';
import type { DigestSettings } from '../health/digest.ts';
import type { SilenceSettings } from '../health/silence.ts';
import { paths } from '../health/source.ts';
import { isTimezone } from '../time/zoned-time.ts';
import { durationBetween } from './policy.ts';
import { object, text } from './schema.ts';
import { dayMs } from '../time/days.ts';
import { minuteMs } from '../time/duration.ts';

/** With less than the time between two rounds, every source would be silent; with more than a source is remembered, none. */
const quietBounds = { least: 10 * minuteMs, most: 30 * dayMs };

const patterns = v.pipe(
  v.union(
    [text(), v.pipe(v.array(text()), v.minLength(1))],
    'must be a pattern or a list of patterns, in which * stands for any characters',
  ),
  v.transform((given): readonly string[] => [given].flat()),
);

const pathNames = `must be one of ${paths.join(', ')}, or a list of them`;

const quiet = v.lazy((given) =>
  given === 'off' || given === 'learned' ? v.picklist(['off', 'learned']) : durationBetween(quietBounds),
);

/** silence is the section that says how long a source may be quiet. */
export const silence: v.GenericSchema<unknown, readonly SilenceSettings[]> = v.array(
  object({
    source: v.exactOptional(patterns),
    path: v.exactOptional(
      v.pipe(
        v.union([v.picklist(paths), v.pipe(v.array(v.picklist(paths)), v.minLength(1))], pathNames),
        v.transform((given) => [given].flat()),
      ),
    ),
    account: v.exactOptional(patterns),
    region: v.exactOptional(patterns),
    quiet,
  }),
  'must be a list',
);

const digestOptions = object({
  at: v.pipe(text(), v.regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day from 00:00 to 23:59')),
  timezone: v.optional(v.pipe(text(), v.check(isTimezone, 'not a time zone: write Europe/Berlin, or UTC')), 'UTC'),
});

/** digest is the section that says when the daily digest is sent. */
export const digest: v.GenericSchema<unknown, DigestSettings | 'off'> = v.lazy((given) =>
  typeof given === 'string' ? v.literal('off', 'must be off, or a map with `at`') : digestOptions,
);
