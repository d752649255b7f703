import type { Fields } from '../../model/log-record.ts';
import { accessOf, parsePolicy, type Own, type PolicyAccess } from '../../policy/index.ts';
import { policyOf } from './grants.ts';
import { policiesIn } from './policies.ts';
import { isGuardRail } from './privileges.ts';

/** What `derived.access.to` says, each with what must have been found of all policies of the call. */
const words: readonly (readonly [string, (access: PolicyAccess) => boolean])[] = [
  ['anyone', ({ anyone }) => anyone],
  ['anyone_under_condition', ({ conditional }) => conditional],
  ['foreign_account', ({ foreignAccounts }) => foreignAccounts.length > 0],
  ['foreign_organization', ({ foreignOrganizations }) => foreignOrganizations.length > 0],
  ['own_account', ({ ownAccounts }) => ownAccounts.length > 0],
  ['service', ({ services }) => services.length > 0],
  ['federated', ({ federated }) => federated.length > 0],
  ['open_federated', ({ openFederated }) => openFederated.length > 0],
  ['unknown', ({ unknown }) => unknown.length > 0],
];

/** Calls that take a policy to judge it, or that read one. */
const onlyLooks = /^(?:Get|List|Describe|Simulate|Validate|Check|Test|Preview)/;

/** accessGained gives the fields of `derived.access`: who gains access by a call, whichever way it says so. */
export function accessGained(fields: Fields, own: Own): Fields {
  // A guard rail gives nobody access, whomever it names.
  if (isGuardRail(fields) || (typeof fields['eventName'] === 'string' && onlyLooks.test(fields['eventName'])))
    return {};
  const shared = parsePolicy(policyOf(fields));
  const documents = [...policiesIn(fields), ...(shared.ok ? [shared.document] : [])];
  const found = documents.map((document) => accessOf(document, own));
  const all = (list: (access: PolicyAccess) => readonly string[]): readonly string[] =>
    [...new Set(found.flatMap(list))].toSorted();
  const lists = {
    to: words.flatMap(([word, holds]) => (found.some(holds) ? [word] : [])),
    accounts: all(({ foreignAccounts }) => foreignAccounts),
    organizations: all(({ foreignOrganizations }) => foreignOrganizations),
    services: all(({ services }) => services),
    providers: all(({ federated }) => federated),
    open_providers: all(({ openFederated }) => openFederated),
    public_actions: all(({ publicActions }) => publicActions),
  };
  return Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0));
}
