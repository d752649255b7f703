import { matchesGlob } from '../model/glob.ts';
import { isOver } from '../time/days.ts';
import type { Match, RouteSettings, RouteTree } from '../notify/settings.ts';
import type { Configuration } from './configuration.ts';

/** RuleName is how a configuration may call a rule. */
export interface RuleName {
  readonly id: string;
  readonly title: string;
}

/**
 * warningsOf says what in a configuration is likely a slip, a line each: it is right as far as anybody can tell, and means
 * nothing, or more than was meant. Accounts by names that no account has, suppressions of any level, routes that are never
 * asked, what has ended by itself.
 */
export function warningsOf(configuration: Configuration, now: Date): readonly string[] {
  const { accounts, suppressions, trials } = configuration;
  return [
    ...matchesIn(configuration).flatMap(([place, { account = [] }]) =>
      account
        .filter((name) => !isKnownAccount(name, accounts))
        .map((name) => `${place}.account: no account is called ${name}: ${knownAccounts(accounts)}`),
    ),
    ...neverAsked(configuration.route, 'route'),
    ...present(suppressions)
      .filter(([, { expires }]) => isOver(expires, now))
      .map(([name, { owner, expires }]) => `suppressions.${name}: ended with ${expires}, no longer works (${owner})`),
    ...present(suppressions)
      .filter(([, { match, expires }]) => !isOver(expires, now) && isOfAnyLevel(match))
      .map(
        ([name]) => `suppressions.${name}.match: names neither rule nor level, and so keeps back what is critical too`,
      ),
    ...present(trials)
      .filter(([, { until }]) => isOver(until, now))
      .map(([name, { until }]) => `trials.${name}: ended with ${until}, so that its rules tell people: remove it`),
  ];
}

function neverAsked({ routes }: RouteTree | RouteSettings, place: string): readonly string[] {
  const nameOf = ({ name }: RouteSettings, index: number): string => name ?? `routes.${index}`;
  return routes.flatMap((route, index) => {
    const here = `${place}.${nameOf(route, index)}`;
    const takesAll = Object.keys(route.match).length === 0 && route.except === undefined && !route.continue;
    const after = routes.slice(index + 1).map((one, next) => nameOf(one, index + 1 + next));
    const warning = `${here}: takes everything, so that routes after it are never asked: ${after.join(', ')}`;
    return [...(takesAll && after.length > 0 ? [warning] : []), ...neverAsked(route, here)];
  });
}

/** unknownRules says which rules a configuration names that are not there: what it says of them means nothing. */
export function unknownRules(configuration: Configuration, rules: readonly RuleName[]): readonly string[] {
  const isKnown = (name: string): boolean =>
    rules.some(({ id, title }) => matchesGlob(name, id) || matchesGlob(name, title));
  return [
    ...matchesIn(configuration).map(([place, { rule = [] }]) => [`${place}.rule`, rule] as const),
    ...present(configuration.trials).map(([name, trial]) => [`trials.${name}.rule`, trial.rules] as const),
  ].flatMap(([place, names]) =>
    names.filter((name) => !isKnown(name)).map((name) => `${place}: no rule has the id or the title ${name}`),
  );
}

function isOfAnyLevel({ level, rule = ['*'] }: Match): boolean {
  return level === undefined && rule.some((name) => /^\*+$/.test(name));
}

/** isKnownAccount tells an account that there may be: an id needs no name, a pattern some name that fits it. */
export function isKnownAccount(account: string, accounts: Configuration['accounts']): boolean {
  if (/^[\d*]+$/.test(account)) return true;
  return Object.values(accounts).some(({ name }) => matchesGlob(account, name));
}

/** knownAccounts says which names there are. */
export function knownAccounts(accounts: Configuration['accounts']): string {
  const names = Object.values(accounts).map(({ name }) => name);
  return names.length === 0 ? 'accounts names none' : `accounts names ${names.join(', ')}`;
}

type Placed = readonly [place: string, match: Match];

function matchesIn({ route, suppressions, inhibitions }: Configuration): readonly Placed[] {
  return [
    ...routeMatches(route, 'route'),
    ...present(suppressions).flatMap(([name, { match, except = {} }]): readonly Placed[] => [
      [`suppressions.${name}.match`, match],
      [`suppressions.${name}.except`, except],
    ]),
    ...present(inhibitions).flatMap(([name, { source, target }]): readonly Placed[] => [
      [`inhibitions.${name}.source`, source],
      [`inhibitions.${name}.target`, target],
    ]),
  ];
}

function routeMatches(tree: RouteTree | RouteSettings, place: string): readonly Placed[] {
  return tree.routes.flatMap((route, index): readonly Placed[] => {
    const here = `${place}.${route.name ?? `routes.${index}`}`;
    return [[`${here}.match`, route.match], [`${here}.except`, route.except ?? {}], ...routeMatches(route, here)];
  });
}

function present<Settings>(all: Readonly<Record<string, Settings | 'off'>>): readonly (readonly [string, Settings])[] {
  return Object.entries(all).flatMap(([name, each]) => (each === 'off' ? [] : [[name, each] as const]));
}
