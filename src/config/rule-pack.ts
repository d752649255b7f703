import * as v from 'valibot';
import { levels } from '../model/level.ts';
import { boundNames, type RuleOverride, type RulePack, type RuleSelector } from '../model/rule-pack.ts';
import { object, text } from './schema.ts';

const level = v.picklist(levels, `must be one of ${levels.join(', ')}`);

/** A value, or a list of values. */
function listOf<Item extends v.GenericSchema>(item: Item) {
  return v.pipe(
    v.unknown(),
    v.transform((given) => (Array.isArray(given) ? given : [given])),
    v.array(item),
    v.minLength(1, 'must be a value or a list of values'),
  );
}

const selector = v.pipe(
  object({
    id: v.exactOptional(listOf(text())),
    tag: v.exactOptional(listOf(text())),
    level: v.exactOptional(listOf(level)),
    area: v.exactOptional(listOf(text())),
    path: v.exactOptional(listOf(text())),
  }),
  v.check((keys) => Object.keys(keys).length > 0, 'is empty: name at least one of id, tag, level, area, path'),
  v.transform((keys): RuleSelector => keys),
);

const span = v.pipe(
  text(),
  v.regex(/^0*[1-9]\d{0,5}[smhdwMy]$/, 'must be a number above 0 and one of s m h d w M y, e.g. 15m'),
);

const bound = v.pipe(v.number('must be a number'), v.finite());

const override = v.pipe(
  object({
    level: v.exactOptional(level),
    groupby: v.exactOptional(listOf(text())),
    timespan: v.exactOptional(span),
    learning: v.exactOptional(v.union([v.literal('0s'), span], 'must be 0s, or a number and one of s m h d w M y')),
    condition: v.exactOptional(
      v.pipe(
        object(Object.fromEntries(boundNames.map((name) => [name, v.exactOptional(bound)]))),
        v.check((bounds) => Object.keys(bounds).length > 0, `is empty: name at least one of ${boundNames.join(', ')}`),
      ),
    ),
  }),
  v.check((parts) => Object.keys(parts).length > 0, 'is empty: name what changes in the rule'),
  v.transform((parts): RuleOverride => parts),
);

const selectors = v.array(selector, 'must be a list of { id, tag, level, area, path }');

/** rulePack is `rules`: which rules are on, and what changes in them. */
export const rulePack = v.pipe(
  object({
    enable: v.exactOptional(v.pipe(selectors, v.minLength(1, 'is empty, so no rule would be on: remove it'))),
    disable: v.exactOptional(selectors),
    levels: v.exactOptional(v.record(text(), level, 'must be a map of rule ids to levels')),
    overrides: v.exactOptional(v.record(text(), override, 'must be a map of rule ids to what changes')),
  }),
  v.transform((given): RulePack => given),
);

/** layRulePacks puts a stage's choice over the one before: its lists replace lists, its levels and overrides those of the same rule. */
export function layRulePacks(base: RulePack, own: RulePack): RulePack {
  return {
    ...base,
    ...own,
    levels: { ...base.levels, ...own.levels },
    overrides: { ...base.overrides, ...own.overrides },
  };
}
