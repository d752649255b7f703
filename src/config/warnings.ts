import type { Match } from '../notify/match.ts';
import { matchesGlob } from '../model/glob.ts';
import { isOver } from '../notify/last-day.ts';
import type { RouteSettings, RouteTree } from '../notify/route.ts';
import type { Configuration } from './configuration.ts';

/**
 * warningsOf says what in a configuration is likely a slip, a line each: it is right as far as anybody can tell, and means
 * nothing. Accounts by names that no account has, and what has ended by itself.
 */
export function warningsOf(configuration: Configuration, now: Date): readonly string[] {
  const { accounts, route, suppressions, inhibitions, trials } = configuration;
  const present = <Settings>(all: Readonly<Record<string, Settings | 'off'>>): readonly [string, Settings][] =>
    Object.entries(all).filter((entry): entry is [string, Settings] => entry[1] !== 'off');
  const matches: readonly (readonly [string, Match | undefined])[] = [
    ...matchesOf(route, 'route'),
    ...present(suppressions).flatMap(([name, { match, except }]) => [
      [`suppressions.${name}.match`, match] as const,
      [`suppressions.${name}.except`, except] as const,
    ]),
    ...present(inhibitions).flatMap(([name, { source, target }]) => [
      [`inhibitions.${name}.source`, source] as const,
      [`inhibitions.${name}.target`, target] as const,
    ]),
  ];
  return [
    ...matches.flatMap(([place, match]) =>
      (match?.account ?? [])
        .filter((account) => !isKnownAccount(account, accounts))
        .map((account) => `${place}.account: no account is called ${account}: ${knownAccounts(accounts)}`),
    ),
    ...present(suppressions)
      .filter(([, { expires }]) => isOver(expires, now))
      .map(([name, { owner, expires }]) => `suppressions.${name}: ended with ${expires}, no longer works (${owner})`),
    ...present(trials)
      .filter(([, { until }]) => isOver(until, now))
      .map(([name, { until }]) => `trials.${name}: ended with ${until}, so that its rules tell people: remove it`),
  ];
}

function matchesOf(tree: RouteTree | RouteSettings, place: string): readonly (readonly [string, Match | undefined])[] {
  return tree.routes.flatMap((route, index) => {
    const here = `${place}.${route.name ?? `routes.${index}`}`;
    return [[`${here}.match`, route.match], [`${here}.except`, route.except], ...matchesOf(route, here)] as const;
  });
}

/** isKnownAccount tells an account that there may be: an id needs no name, a pattern some name that fits it. */
export function isKnownAccount(account: string, accounts: Configuration['accounts']): boolean {
  if (/^[\d*]+$/.test(account)) return true;
  return Object.values(accounts).some((name) => matchesGlob(account, name));
}

/** knownAccounts says which names there are. */
export function knownAccounts(accounts: Configuration['accounts']): string {
  const names = Object.values(accounts);
  return names.length === 0 ? 'accounts names none' : `accounts names ${names.join(', ')}`;
}
