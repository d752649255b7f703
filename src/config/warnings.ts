import { matchesGlob } from '../model/glob.ts';
import { isOver } from '../time/days.ts';
import type { Match, RouteSettings, RouteTree } from '../notify/settings.ts';
import type { Configuration } from './configuration.ts';

/** RuleName is the names by which a configuration may mention a rule. */
export interface RuleName {
  readonly id: string;
  readonly title: string;
}

/**
 * warningsOf lists likely mistakes in a valid configuration, a line each: account names that no account has, suppressions of any
 * level, routes that are never asked, suppressions and trials that have ended.
 */
export function warningsOf(configuration: Configuration, now: Date): readonly string[] {
  const { accounts, suppressions, trials } = configuration;
  return [
    ...matchesIn(configuration).flatMap(([place, { account = [] }]) =>
      account
        .filter((name) => !isKnownAccount(name, accounts))
        .map((name) => `${place}.account: unknown account ${name}: ${knownAccounts(accounts)}`),
    ),
    ...neverAsked(configuration.route, 'route'),
    ...present(suppressions)
      .filter(([, { expires }]) => isOver(expires, now))
      .map(([name, { owner, expires }]) => `suppressions.${name}: ended with ${expires} (${owner})`),
    ...present(suppressions)
      .filter(([, { match, expires }]) => !isOver(expires, now) && isOfAnyLevel(match))
      .map(([name]) => `suppressions.${name}.match: names neither rule nor level, so it mutes critical findings too`),
    ...present(trials)
      .filter(([, { until }]) => isOver(until, now))
      .map(([name, { until }]) => `trials.${name}: ended with ${until}, so its rules notify: remove it`),
  ];
}

function neverAsked({ routes }: RouteTree | RouteSettings, place: string): readonly string[] {
  const nameOf = ({ name }: RouteSettings, index: number): string => name ?? `routes.${index}`;
  return routes.flatMap((route, index) => {
    const here = `${place}.${nameOf(route, index)}`;
    const takesAll = Object.keys(route.match).length === 0 && route.except === undefined && !route.continue;
    const after = routes.slice(index + 1).map((one, next) => nameOf(one, index + 1 + next));
    const warning = `${here}: takes every finding, so the routes after it are never asked: ${after.join(', ')}`;
    return [...(takesAll && after.length > 0 ? [warning] : []), ...neverAsked(route, here)];
  });
}

/** unknownRules lists the rules that a configuration names and that do not exist. */
export function unknownRules(configuration: Configuration, rules: readonly RuleName[]): readonly string[] {
  const isKnown = (name: string): boolean =>
    rules.some(({ id, title }) => matchesGlob(name, id) || matchesGlob(name, title));
  return [
    ...matchesIn(configuration).map(([place, { rule = [] }]) => [`${place}.rule`, rule] as const),
    ...present(configuration.trials).map(([name, trial]) => [`trials.${name}.rule`, trial.rules] as const),
  ].flatMap(([place, names]) =>
    names
      .filter((name) => !isKnown(name))
      .map((name) => `${place}: unknown rule ${name}; expected the id or title of a rule`),
  );
}

function isOfAnyLevel({ level, rule = ['*'] }: Match): boolean {
  return level === undefined && rule.some((name) => /^\*+$/.test(name));
}

/** isKnownAccount says whether an account may exist: any ID, or a pattern that fits the name of an account. */
export function isKnownAccount(account: string, accounts: Configuration['accounts']): boolean {
  if (/^[\d*]+$/.test(account)) return true;
  return Object.values(accounts).some(({ name }) => matchesGlob(account, name));
}

/** knownAccounts lists the account names, for a message. */
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
