import * as v from 'valibot';
import type { RouteSettings, RouteTree } from '../notify/settings.ts';
import { match } from './match.ts';
import { policyOptions } from './policy.ts';
import { object, text } from './schema.ts';

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

/** routeTree is the section that says which finding goes to which receivers. */
export const routeTree: v.GenericSchema<unknown, RouteTree> = object({
  receivers: v.exactOptional(names),
  routes: v.optional(v.array(route, 'must be a list of routes'), []),
  ...policyOptions,
});

/** layRoutes puts a stage's own routes before the others, and drops others of the same name. */
export function layRoutes(base: RouteTree, own: RouteTree): RouteTree {
  const named = new Set(own.routes.map(({ name }) => name).filter((name) => name !== undefined));
  const kept = base.routes.filter(({ name }) => name === undefined || !named.has(name));
  return { ...base, ...own, routes: [...own.routes, ...kept] };
}

/** Naming is a receiver that a route names, with its place in the file. */
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
