import type { PolicyDocument, Statement } from './document.ts';
import { intersect, reachLeftBy, reachOf, unite, type Own, type Reach } from './limits.ts';
import type { Party } from './principal.ts';
import { coversActions, coversResources } from './scope.ts';
import { isOpenProvider } from './web-identity.ts';

/** PolicyAccess is to whom a policy of a resource or a role gives access. Lists are sorted and hold each name once. */
export interface PolicyAccess {
  /** Everybody in the world, or in every AWS account: no condition limits who. */
  readonly anyone: boolean;
  /** What everybody may do, in lower case; `not …` for a NotAction. */
  readonly publicActions: readonly string[];
  /** Everybody under a condition that limits who, without naming one of the reader's own: a network, a secret, an organization that cannot be told. */
  readonly conditional: boolean;
  readonly foreignAccounts: readonly string[];
  readonly foreignOrganizations: readonly string[];
  readonly ownAccounts: readonly string[];
  readonly services: readonly string[];
  readonly federated: readonly string[];
  /** Providers that let everybody in to whom they give a token. */
  readonly openFederated: readonly string[];
  /** Principals that do not say whose they are: a canonical user, the id of a deleted role. */
  readonly unknown: readonly string[];
}

/**
 * accessOf says to whom a policy with principals gives access: every Allow, within its conditions, less what a Deny wholly
 * covers. Each Deny is judged by itself: where only two together would keep somebody out, that somebody is still named. The order of
 * statements, principals, actions and conditions changes nothing. Policies of identities have no principals, and give nobody access.
 */
export function accessOf({ statements }: PolicyDocument, own: Own): PolicyAccess {
  const found = {
    publicActions: new Set<string>(),
    conditional: false,
    foreignAccounts: new Set<string>(),
    foreignOrganizations: new Set<string>(),
    ownAccounts: new Set<string>(),
    services: new Set<string>(),
    federated: new Set<string>(),
    openFederated: new Set<string>(),
    unknown: new Set<string>(),
  };
  const denials = statements.filter(({ effect }) => effect === 'deny');
  let anyone = false;

  const addHolder = (party: Party): void => {
    if (party.kind === 'account')
      (own.accounts.has(party.id) ? found.ownAccounts : found.foreignAccounts).add(party.id);
    else if (party.kind === 'organization' && own.organizations.size > 0) {
      if (!own.organizations.has(party.id)) found.foreignOrganizations.add(party.id);
    } else if (party.kind === 'service') found.services.add(party.name);
    else if (party.kind === 'id') found.unknown.add(party.id);
    else found.conditional = true;
  };
  const add = (statement: Statement, party: Party): void => {
    const limits = limitsOf(statement, party, denials, own);
    if (limits.some(({ length }) => length === 0)) return;
    if (party.kind === 'service') found.services.add(party.name);
    else if (party.kind === 'federated') {
      found.federated.add(party.provider);
      if (isOpenProvider(party.provider, statement.conditions)) found.openFederated.add(party.provider);
    } else if (party.kind === 'anyone' && limits.length === 0) {
      anyone = true;
      for (const action of actionsOf(statement)) found.publicActions.add(action);
    } else {
      // A caller who must be one of the reader's own is no stranger, whatever else is asked.
      const within = limits.filter((parties) => parties.every((each) => isOwn(each, own)));
      const named: Reach = party.kind === 'anyone' ? undefined : [party];
      const conjuncts: readonly Reach[] = within.length > 0 ? within : [named, ...limits];
      for (const each of conjuncts.reduce(intersect) ?? []) addHolder(each);
    }
  };

  for (const statement of statements) {
    if (statement.effect !== 'allow') continue;
    // An Allow for all but some is for strangers too.
    if (statement.notPrincipals !== undefined) add(statement, { kind: 'anyone' });
    for (const party of statement.principals ?? []) add(statement, party);
  }
  const sorted = (set: ReadonlySet<string>): readonly string[] => [...set].toSorted();
  return {
    anyone,
    publicActions: sorted(found.publicActions),
    conditional: found.conditional,
    foreignAccounts: sorted(found.foreignAccounts),
    foreignOrganizations: sorted(found.foreignOrganizations),
    ownAccounts: sorted(found.ownAccounts),
    services: sorted(found.services),
    federated: sorted(found.federated),
    openFederated: sorted(found.openFederated),
    unknown: sorted(found.unknown),
  };
}

/** Gives what limits who of the party may use an Allow: its own conditions, and each Deny about all of it. */
function limitsOf(
  statement: Statement,
  party: Party,
  denials: readonly Statement[],
  own: Own,
): readonly (readonly Party[])[] {
  const allowed = statement.conditions.map((condition) => reachOf(condition, own));
  const left = denials
    .filter((denial) => coversActions(denial, statement) && coversResources(denial, statement))
    .map((denial) => leftBy(denial, party, own));
  return [...allowed, ...left].flatMap((reach) => (reach === undefined ? [] : [reach]));
}

/** Gives whom a Deny leaves in: those for whom one of its conditions does not hold, and those whom it exempts. */
function leftBy({ principals, notPrincipals, conditions }: Statement, party: Party, own: Own): Reach {
  if (notPrincipals === undefined && !(principals ?? []).some((each) => includes(each, party))) return undefined;
  return conditions.map((condition) => reachLeftBy(condition, own)).reduce(unite, notPrincipals ?? []);
}

function includes(denied: Party, party: Party): boolean {
  if (denied.kind === 'anyone') return true;
  if (denied.kind !== 'account' || party.kind !== 'account') return false;
  return denied.id === party.id && (denied.arn === undefined || denied.arn === party.arn);
}

function isOwn(party: Party, { accounts, organizations }: Own): boolean {
  if (party.kind === 'account') return accounts.has(party.id);
  return party.kind === 'organization' && (organizations.has(party.id) || party.id === 'o-own');
}

function actionsOf({ actions, notActions }: Statement): readonly string[] {
  return actions ?? (notActions ?? []).map((action) => `not ${action}`);
}
