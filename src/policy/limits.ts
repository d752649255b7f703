import type { Condition } from './condition.ts';
import { hasWildcard } from './glob.ts';
import { isNarrow } from './network.ts';
import { accountOfArn, awsParty, type Party } from './principal.ts';

/** Own is what belongs to the reader: the record's own account, the configuration's accounts and organization. */
export interface Own {
  readonly accounts: ReadonlySet<string>;
  readonly organizations: ReadonlySet<string>;
}

/**
 * Reach is to whom a condition leaves access: to everybody (undefined), or to the parties named, one of which a caller must be.
 * An empty reach leaves it to nobody.
 */
export type Reach = readonly Party[] | undefined;

/** What the values of a condition key name, where they name who calls. A key that is not here limits nobody: an agent, a referer, TLS. */
const keys: Readonly<
  Record<string, 'account' | 'arn' | 'organization' | 'organization-path' | 'address' | 'place' | 'id' | 'service'>
> = {
  'aws:principalaccount': 'account',
  'aws:sourceaccount': 'account',
  'aws:sourceowner': 'account',
  'aws:vpceaccount': 'account',
  'kms:calleraccount': 'account',
  's3:dataaccesspointaccount': 'account',
  'aws:principalarn': 'arn',
  'aws:sourcearn': 'arn',
  's3:dataaccesspointarn': 'arn',
  'elasticfilesystem:accesspointarn': 'arn',
  'lambda:sourcefunctionarn': 'arn',
  's3:x-amz-server-side-encryption-aws-kms-key-id': 'arn',
  'aws:principalorgid': 'organization',
  'aws:sourceorgid': 'organization',
  'aws:vpceorgid': 'organization',
  'aws:principalorgpaths': 'organization-path',
  'aws:sourceorgpaths': 'organization-path',
  'aws:vpceorgpaths': 'organization-path',
  'aws:sourceip': 'address',
  'aws:vpcsourceip': 'address',
  'aws:sourcevpc': 'place',
  'aws:sourcevpcarn': 'place',
  'aws:sourcevpce': 'place',
  'aws:ec2instancesourcevpc': 'place',
  's3:accesspointnetworkorigin': 'place',
  'elasticfilesystem:accessedviamounttarget': 'place',
  'sts:externalid': 'place',
  'aws:userid': 'id',
  'aws:principalisawsservice': 'service',
  'aws:principalservicename': 'service',
  'aws:principalservicenameslist': 'service',
};

/** reachOf says to whom a condition of an Allow leaves access. */
export function reachOf(condition: Condition, own: Own): Reach {
  // Whoever lacks the key would pass; whoever is not on a list of the excluded, too.
  if (condition.negated || condition.whenAbsent) return undefined;
  return named(condition, own);
}

/** reachLeftBy says to whom a condition of a Deny leaves access: to those for whom it does not hold. */
export function reachLeftBy(condition: Condition, own: Own): Reach {
  if (condition.comparison === 'bool') return reachOfOpposite(condition, own);
  // Without the key, or with a value that is not listed, the Deny must hold, or it leaves everybody in.
  if (!condition.negated || !condition.whenAbsent) return undefined;
  return named(condition, own);
}

/** `Bool: { aws:PrincipalIsAWSService: false }` in a Deny leaves access to those for whom it is true. */
function reachOfOpposite(condition: Condition, own: Own): Reach {
  if (condition.negated || !condition.values.every((value) => value.toLowerCase() === 'false')) return undefined;
  return named({ ...condition, values: ['true'] }, own);
}

/** Gives the parties that the values name, one of which a caller must be; undefined as soon as one value fits strangers. */
function named({ comparison, key, values }: Condition, own: Own): Reach {
  const kind = keys[key];
  if (kind === undefined || comparison === 'null' || comparison === 'other') return undefined;
  if (kind === 'address') {
    if (comparison !== 'address') return undefined;
    return isNarrow(values) ? [{ kind: 'place', name: values.join(', ') }] : undefined;
  }
  const parties = values.map((value) => partiesOf(kind, comparison, key, value, own));
  return parties.some((one) => one === undefined) ? undefined : parties.flatMap((one) => one ?? []);
}

function partiesOf(kind: string, comparison: Condition['comparison'], key: string, value: string, own: Own): Reach {
  const variable = ownVariables[value.toLowerCase()];
  if (variable !== undefined) return variable(own);
  // What the request itself fills in fits every request.
  if (value.includes('${')) return undefined;
  // `StringEquals` knows no wildcards: a star is a star, which nobody's account or ARN holds.
  if (comparison === 'text' && hasWildcard(value)) return [];
  switch (kind) {
    case 'account':
      return hasWildcard(value) ? undefined : [{ kind: 'account', id: value }];
    case 'arn':
      return partyOfArn(value);
    case 'organization':
      return hasWildcard(value) ? undefined : [{ kind: 'organization', id: value }];
    case 'organization-path': {
      const [id = ''] = value.split('/');
      return hasWildcard(id) ? undefined : [{ kind: 'organization', id }];
    }
    case 'id':
      // `AROA…:*` is every session of one role.
      return hasWildcard(value.split(':')[0] ?? '') ? undefined : [{ kind: 'id', id: value }];
    case 'service':
      if (comparison !== 'bool') return [{ kind: 'service', name: value.toLowerCase() }];
      return value.toLowerCase() === 'true' ? [{ kind: 'service', name: '*' }] : undefined;
    default:
      if (comparison === 'bool' && value.toLowerCase() !== 'true') return undefined;
      // A network, an endpoint or a secret: a part of its name that is open may be anybody's.
      return hasWildcard(value) ? undefined : [{ kind: 'place', name: `${key} ${value}` }];
  }
}

function partyOfArn(value: string): Reach {
  const account = accountOfArn(value);
  if (account === undefined) return hasWildcard(value) ? undefined : [{ kind: 'id', id: value }];
  if (account !== '') {
    const party = awsParty(value);
    return party.kind === 'anyone' ? undefined : [party];
  }
  // A bucket's ARN names no account, and belongs to one: without wildcards, to a known one.
  const name = value.split(':').slice(5).join(':');
  return hasWildcard(name) ? undefined : [{ kind: 'place', name: value }];
}

const ownVariables: Readonly<Record<string, (own: Own) => Reach>> = {
  '${aws:resourceaccount}': ({ accounts }) => [...accounts].map((id) => ({ kind: 'account', id })),
  '${aws:resourceorgid}': ({ organizations }) => ownOrganization(organizations),
  '${aws:resourceorgpaths}': ({ organizations }) => ownOrganization(organizations),
};

function ownOrganization(organizations: ReadonlySet<string>): Reach {
  return [...(organizations.size === 0 ? ['o-own'] : organizations)].map((id) => ({ kind: 'organization', id }));
}

/** intersect gives who is within both: of two lists the one that says more about who it is. */
export function intersect(one: Reach, other: Reach): Reach {
  if (one === undefined) return other;
  if (other === undefined) return one;
  const accounts = new Map(one.flatMap((party) => (party.kind === 'account' ? [[party.id, party] as const] : [])));
  if (accounts.size === one.length && other.every(({ kind }) => kind === 'account')) {
    return other.filter((party) => party.kind === 'account' && accounts.has(party.id));
  }
  const more = says(other) - says(one);
  // Of two that say as much, the same one whatever the order.
  return more > 0 || (more === 0 && JSON.stringify(other) < JSON.stringify(one)) ? other : one;
}

/** unite gives who is within either. */
export function unite(one: Reach, other: Reach): Reach {
  return one === undefined || other === undefined ? undefined : [...one, ...other];
}

/** How much the least telling party of a list says about who it is: an account more than an organization, that more than a place. */
function says(parties: readonly Party[]): number {
  const weight: Readonly<Record<Party['kind'], number>> = {
    anyone: 0,
    place: 1,
    id: 2,
    service: 2,
    federated: 2,
    organization: 3,
    account: 4,
  };
  return parties.reduce((least, { kind }) => Math.min(least, weight[kind]), 5);
}
