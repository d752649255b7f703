import * as v from 'valibot';
import { rolePatterns } from '../notify/deploying-role.ts';
import type { InhibitionSettings } from '../notify/inhibit.ts';
import { canaryReceiver } from '../notify/canary-route.ts';
import { labelNames, type LabelName } from '../notify/labels.ts';
import { isDay } from '../notify/last-day.ts';
import { valueProblem, type Match } from '../notify/match.ts';
import type { RouteSettings, RouteTree } from '../notify/route.ts';
import { receiverProblem, receiverKinds, type ReceiverSettings } from '../notify/receiver-table.ts';
import type { SuppressionSettings } from '../notify/suppress.ts';
import type { TrialSettings } from '../notify/trial.ts';
import { durationBetween, policyOptions } from './policy.ts';
import { object, text } from './schema.ts';

/** Reserved: findings that nobody shall get are remembered under these, and canaries return to theirs. */
const reserved: ReadonlySet<string> = new Set(['none', 'suppressed', 'inhibited', 'trial', canaryReceiver]);

const receiver = v.pipe(
  v.looseObject(
    {
      kind: v.picklist(
        Object.keys(receiverKinds) as (keyof typeof receiverKinds)[],
        `must be one of ${Object.keys(receiverKinds).join(', ')}`,
      ),
    },
    'must be a map with a kind, and what that kind wants',
  ),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    const problem = receiverProblem(dataset.value);
    if (problem !== undefined) addIssue({ message: problem });
  }),
  v.transform((settings): ReceiverSettings => settings),
);

/** receivers is the section of names and what they stand for. */
export const receivers: v.GenericSchema<unknown, Readonly<Record<string, ReceiverSettings>>> = v.record(
  v.pipe(
    v.string(),
    v.regex(/^[a-z][a-z0-9-]*$/, 'is no name of a receiver: small letters, digits and hyphens'),
    v.check((name) => !reserved.has(name), 'means something else in a route: take another name'),
  ),
  receiver,
  'must be a map of names to receivers',
);

/** Named is a section whose parts have names, and which a stage may end with `off`. */
export type Named<Settings> = Readonly<Record<string, Settings | 'off'>>;

const minuteMs = 60_000;
const oneLabel = `must be one of ${labelNames.join(', ')}`;
const listOfLabels = 'must be a list of labels that both findings have alike, as [account, target]';
const dayOrMap = 'must be the last day of the trial, as 2026-12-31, or a map with rule and until, or off';

const named = 'must be the name of a receiver, a list of names, or none';

const names = v.lazy((given) =>
  Array.isArray(given)
    ? v.pipe(
        v.array(text()),
        v.minLength(1, named),
        v.check((all) => !all.includes('none'), named),
      )
    : v.pipe(
        v.string(named),
        v.transform((name): readonly string[] => (name === 'none' ? [] : [name])),
      ),
);

const match = v.pipe(
  object(Object.fromEntries(labelNames.map((name) => [name, v.optional(valuesOf(name))]))),
  v.check((labels) => Object.keys(labels).length > 0, `is empty: name at least one of ${labelNames.join(', ')}`),
  v.transform((labels): Match => labels as Match),
);

const route: v.GenericSchema<unknown, RouteSettings> = v.pipe(
  object({
    name: v.exactOptional(text()),
    match: v.exactOptional(match),
    except: v.exactOptional(match),
    receivers: v.exactOptional(names),
    ...policyOptions,
    continue: v.optional(v.boolean('must be true or false'), false),
    routes: v.optional(
      v.array(
        v.lazy(() => route),
        'must be a list of routes',
      ),
      [],
    ),
  }),
  v.transform(({ match: wanted = {}, ...rest }) => ({ ...rest, match: wanted })),
);

/** routeTree is the section that says who is told what. */
export const routeTree: v.GenericSchema<unknown, RouteTree> = object({
  receivers: v.exactOptional(names),
  routes: v.optional(v.array(route, 'must be a list of routes'), []),
  ...policyOptions,
});

/** layRoutes puts a stage's own routes before the others, in the place of those of the same name. */
export function layRoutes(base: RouteTree, own: RouteTree): RouteTree {
  const named = new Set(own.routes.map(({ name }) => name).filter((name) => name !== undefined));
  const kept = base.routes.filter(({ name }) => name === undefined || !named.has(name));
  return { ...base, ...own, routes: [...own.routes, ...kept] };
}

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

/** suppressions is the section of what nobody shall be told, by name. */
export const suppressions: v.GenericSchema<unknown, Named<SuppressionSettings>> = namedOrOff(
  suppression,
  'must be a map of names to suppressions',
);

const role = v.pipe(
  text(),
  v.check(
    (name) => rolePatterns(name) !== undefined,
    'names no role: write ci-deploy, or arn:aws:iam::111122223333:role/ci-deploy; * stands for any characters',
  ),
);

/** deployRoles is the section of the roles that deploy. */
export const deployRoles: v.GenericSchema<unknown, readonly string[]> = v.pipe(
  v.unknown(),
  v.transform((given) => (Array.isArray(given) ? given : [given])),
  v.array(role),
);

const inhibition = v.pipe(
  object({
    source: match,
    target: match,
    equal: v.pipe(
      v.array(v.picklist(labelNames, oneLabel), listOfLabels),
      v.minLength(1, listOfLabels),
      v.check((names) => new Set(names).size === names.length, 'names a label twice'),
    ),
    for: v.optional(durationBetween({ least: minuteMs, most: 24 * 60 * minuteMs }), '1h'),
    reason: text(),
  }),
  v.transform(({ for: forMs, ...rest }) => ({ ...rest, forMs })),
);

/** inhibitions is the section of which findings mute which, by name. */
export const inhibitions: v.GenericSchema<unknown, Named<InhibitionSettings>> = namedOrOff(
  inhibition,
  'must be a map of names to inhibitions',
);

const until = v.pipe(text(), v.check(isDay, 'must be the last day of the trial, as 2026-12-31'));

const trial = v.pipe(
  object({ rule: valuesOf('rule'), until, owner: v.exactOptional(text()) }),
  v.transform(({ rule: rules, ...rest }) => ({ ...rest, rules })),
);

/** trials is the section of rules that run without telling anybody, by name; a name with only a day is the rule's own. */
export const trials: v.GenericSchema<unknown, Named<TrialSettings>> = v.pipe(
  v.record(
    text(),
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

/** Naming is a route's naming of a receiver, and where in the file it stands. */
interface Naming {
  readonly receiver: string;
  readonly keys: readonly string[];
}

/** namingsOf lists the receivers that a tree of routes names. */
export function namingsOf({ receivers: named = [], routes }: RouteTree, keys = ['route']): readonly Naming[] {
  return [
    ...named.map((name) => ({ receiver: name, keys: [...keys, 'receivers'] })),
    ...routes.flatMap((below, index) => namingsOf(below, [...keys, 'routes', String(index)])),
  ];
}

function valuesOf(label: LabelName) {
  const value = v.pipe(
    text(),
    v.rawCheck(({ dataset, addIssue }) => {
      const problem = dataset.typed ? valueProblem(label, dataset.value) : undefined;
      if (problem !== undefined) addIssue({ message: problem });
    }),
  );
  return v.pipe(
    v.unknown(),
    v.transform((given) => (Array.isArray(given) ? given : [given])),
    v.array(value),
    v.minLength(1, 'must be a value or a list of values'),
  );
}

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
