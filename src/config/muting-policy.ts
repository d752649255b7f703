import * as v from 'valibot';
import { labelNames, rolePatterns } from '../notify/settings.ts';
import type { InhibitionSettings, SuppressionSettings, TrialSettings } from '../notify/settings.ts';
import { dayMs, isDay } from '../time/days.ts';
import { match, valuesOf } from './match.ts';
import { durationBetween } from './policy.ts';
import { object, text } from './schema.ts';
import { minuteMs } from '../time/duration.ts';

/** Named is a section of named parts, which a stage may end with `off`. */
export type Named<Settings> = Readonly<Record<string, Settings | 'off'>>;

const suppression = object({
  match,
  except: v.exactOptional(match),
  owner: text(),
  reason: text(),
  expires: v.pipe(
    text(),
    v.check((day) => day === 'never' || isDay(day), 'must be the last day on which it works, as 2026-12-31, or never'),
  ),
});

/** suppressions is the section of findings that notify nobody, by name. */
export const suppressions: v.GenericSchema<unknown, Named<SuppressionSettings>> = namedOrOff(
  suppression,
  'must be a map of names to suppressions',
);

const role = v.pipe(
  text(),
  v.check(
    (name) => rolePatterns(name) !== undefined,
    'not a role: write ci-deploy, or arn:aws:iam::111122223333:role/ci-deploy; * stands for any characters',
  ),
);

/** deployRoles is the section of the roles that deploy. */
export const deployRoles: v.GenericSchema<unknown, readonly string[]> = v.pipe(
  v.unknown(),
  v.transform((given) => (Array.isArray(given) ? given : [given])),
  v.array(role),
);

const oneLabel = `must be one of ${labelNames.join(', ')}`;
const listOfLabels = 'must be a list of labels that both findings share, as [account, target]';

const inhibition = v.pipe(
  object({
    source: match,
    target: match,
    equal: v.pipe(
      v.array(v.picklist(labelNames, oneLabel), listOfLabels),
      v.minLength(1, listOfLabels),
      v.check((names) => new Set(names).size === names.length, 'names a label twice'),
    ),
    for: v.optional(durationBetween({ least: minuteMs, most: dayMs }), '1h'),
    reason: text(),
  }),
  v.transform(({ for: forMs, ...rest }) => ({ ...rest, forMs })),
);

/** inhibitions is the section of which findings mute which, by name. */
export const inhibitions: v.GenericSchema<unknown, Named<InhibitionSettings>> = namedOrOff(
  inhibition,
  'must be a map of names to inhibitions',
);

const dayOrMap = 'must be the last day of the trial, as 2026-12-31, or a map with rule and until, or off';

const until = v.pipe(text(), v.check(isDay, 'must be the last day of the trial, as 2026-12-31'));

const everyRule = 'names every rule, so that no finding would notify';

const tried = v.pipe(
  valuesOf('rule'),
  v.check((rules) => rules.every(namesRules), everyRule),
);

const trial = v.pipe(
  object({ rule: tried, until, owner: v.exactOptional(text()) }),
  v.transform(({ rule: rules, ...rest }) => ({ ...rest, rules })),
);

/** trials is the section of rules that run without notifying, by name; a name with only a day is the rule's own. */
export const trials: v.GenericSchema<unknown, Named<TrialSettings>> = v.pipe(
  v.record(
    v.pipe(text(), v.check(namesRules, everyRule)),
    v.lazy((given) =>
      typeof given === 'object' && given !== null ? trial : v.union([v.literal('off'), until], dayOrMap),
    ),
    'must be a map of names to trials',
  ),
  v.transform((all) =>
    Object.fromEntries(
      Object.entries(all).map(([name, each]) => {
        if (each === 'off') return [name, each];
        return [name, typeof each === 'string' ? { name, rules: [name], until: each } : { name, ...each }];
      }),
    ),
  ),
);

function namedOrOff<Settings extends object>(schema: v.GenericSchema<unknown, Settings>, message: string) {
  const each = v.lazy((given) =>
    typeof given === 'object' && given !== null ? schema : v.literal('off', 'must be off, or a map'),
  );
  return v.pipe(
    v.record(text(), each, message),
    v.transform((all) =>
      Object.fromEntries(
        Object.entries(all).map(([name, one]) => [name, typeof one === 'object' ? { name, ...one } : one]),
      ),
    ),
  );
}

function namesRules(pattern: string): boolean {
  return /[^*\s]/.test(pattern);
}
