import type { Actor } from '../../model/audit-event.ts';
import type { Fields } from '../../model/log-record.ts';
import { arnOf, lastOf } from '../arn.ts';
import { accountOf, at, defined, flagOf, textAt } from '../read.ts';

type Who = Pick<Actor, 'kind' | 'name' | 'chain'>;

/** A row for each `userIdentity.type`; an unknown type, `Unknown`, and none at all are read from the ARN. */
const describers = new Map<string, (identity: unknown) => Who>([
  ['Root', () => ({ kind: 'root', name: 'root', chain: [] })],
  ['AssumedRoot', () => ({ kind: 'root', name: 'root', chain: [] })],
  ['IAMUser', (identity) => direct('iam-user', userName(identity) ?? nameOfArn(identity))],
  ['AssumedRole', roleSession],
  ['Role', roleSession],
  ['FederatedUser', federatedUser],
  ['SAMLUser', externalUser],
  ['WebIdentityUser', externalUser],
  ['IdentityCenterUser', (identity) => direct('federated', userName(identity) ?? onBehalfOf(identity))],
  ['Directory', (identity) => direct('federated', userName(identity) ?? textAt(identity, 'principalId'))],
  ['AWSAccount', otherAccount],
  ['AWSService', (identity) => direct('service', textAt(identity, 'invokedBy') ?? textAt(identity, 'principalId'))],
]);

/**
 * actorOf says who made a CloudTrail call, for every kind of `userIdentity`.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
 */
export function actorOf(fields: Fields): Actor {
  const identity = at(fields, 'userIdentity');
  const describer = describers.get(textAt(identity, 'type') ?? '') ?? guessed;
  const who = portalUser(fields, identity) ?? describer(identity);
  return {
    kind: who.kind,
    name: who.name,
    ...defined({
      arn: textAt(identity, 'arn'),
      account: accountOf(at(identity, 'accountId')) ?? accountOf(arnOf(textAt(identity, 'arn'))?.account),
      accessKeyId: textAt(identity, 'accessKeyId'),
    }),
    chain: chainOf(identity, who),
    ...defined({ mfa: mfaOf(fields, identity, who) }),
  };
}

/** actorOfArn says who an ARN names, where an event gives nothing else. */
export function actorOfArn(arn: string): Actor {
  return actorOf({ userIdentity: { arn } });
}

function direct(kind: Actor['kind'], name: string | undefined): Who {
  return { kind, name: name ?? 'unknown', chain: [] };
}

/** roleSession names a role's session `role/session`, and an Identity Center session by the person behind it. */
function roleSession(identity: unknown): Who {
  const issuer = at(identity, 'sessionContext', 'sessionIssuer');
  const issuerArn = textAt(issuer, 'arn');
  const [, roleOfArn, sessionOfArn] = assumedRole(identity);
  const role = textAt(issuer, 'userName') ?? roleOfArn ?? (issuerArn === undefined ? undefined : lastOf(issuerArn));
  const session = sessionOfArn ?? afterColon(textAt(identity, 'principalId'));
  if (role === undefined) return direct('role', session ?? userName(identity) ?? textAt(identity, 'principalId'));
  if (session === undefined) return { kind: 'role', name: role, chain: [`role/${role}`] };
  const permissionSet = permissionSetOf(role, issuerArn);
  if (permissionSet !== undefined) {
    return { kind: 'federated', name: session, chain: [session, `role/${role}`, `permission-set/${permissionSet}`] };
  }
  return { kind: 'role', name: `${role}/${session}`, chain: [session, `role/${role}`] };
}

/** assumedRole splits `…:assumed-role/name/session`; session names hold no slash, roles in this ARN have no path. */
function assumedRole(identity: unknown): readonly (string | undefined)[] {
  const resource = arnOf(textAt(identity, 'arn'))?.resource ?? '';
  return resource.startsWith('assumed-role/') ? resource.split('/', 3) : [];
}

/**
 * permissionSetOf reads the name that Identity Center gives its roles. Anyone may name a role so, but only AWS can
 * create one under its reserved path, so that the issuer's ARN decides when the event has it.
 */
function permissionSetOf(role: string, issuerArn: string | undefined): string | undefined {
  if (issuerArn !== undefined && !issuerArn.includes(':role/aws-reserved/sso.amazonaws.com/')) return undefined;
  return /^AWSReservedSSO_(?<set>.+)_[0-9a-f]{16}$/.exec(role)?.groups?.['set'];
}

function federatedUser(identity: unknown): Who {
  const name = afterColon(textAt(identity, 'principalId')) ?? nameOfArn(identity) ?? userName(identity) ?? 'unknown';
  const issuer = at(identity, 'sessionContext', 'sessionIssuer');
  const issuerArn = textAt(issuer, 'arn');
  if (textAt(issuer, 'type') === 'Root') return { kind: 'federated', name, chain: [name, 'root'] };
  const by = textAt(issuer, 'userName') ?? (issuerArn === undefined ? undefined : lastOf(issuerArn));
  return { kind: 'federated', name, chain: by === undefined ? [name] : [name, `user/${by}`] };
}

function externalUser(identity: unknown): Who {
  const principal = textAt(identity, 'principalId');
  const name = userName(identity) ?? afterColon(principal) ?? principal ?? 'unknown';
  const provider = textAt(identity, 'identityProvider');
  return { kind: 'federated', name, chain: provider === undefined ? [name] : [name, `provider/${provider}`] };
}

/** otherAccount is a caller of another account, whose name stays there, or S3's anonymous one. */
function otherAccount(identity: unknown): Who {
  const account = textAt(identity, 'accountId');
  if (account?.toLowerCase().startsWith('anonymous')) return { kind: 'anonymous', name: 'anonymous', chain: [] };
  const principal = textAt(identity, 'principalId');
  const name = account === undefined ? principal : `account/${account}`;
  if (principal?.startsWith('AROA')) return sessionOf('role', afterColon(principal), name);
  if (principal?.startsWith('AIDA')) return sessionOf('iam-user', undefined, name);
  return direct(account === undefined && principal === undefined ? 'anonymous' : 'unknown', name);
}

function sessionOf(kind: Actor['kind'], session: string | undefined, from: string | undefined): Who {
  const origin = from ?? 'unknown';
  return session === undefined
    ? { kind, name: origin, chain: [] }
    : { kind, name: `${origin}/${session}`, chain: [session, origin] };
}

const byResource: readonly (readonly [string, string])[] = [
  ['root', 'Root'],
  ['user/', 'IAMUser'],
  ['assumed-role/', 'AssumedRole'],
  ['role/', 'AssumedRole'],
  ['federated-user/', 'FederatedUser'],
];

/** portalUser is who signs in to Identity Center's portal: before any session, CloudTrail calls the type `Unknown`. */
function portalUser(fields: Fields, identity: unknown): Who | undefined {
  const source = textAt(fields, 'eventSource');
  const type = textAt(identity, 'type');
  if (source !== 'sso.amazonaws.com' && source !== 'signin.amazonaws.com') return undefined;
  if (type !== 'Unknown' && type !== 'IdentityCenterUser') return undefined;
  // The steps of a sign-in name the person beside the identity.
  const name = userName(identity) ?? textAt(fields, 'additionalEventData', 'UserName');
  // CloudTrail hides a name that nobody has: somebody may have typed a password in its place.
  return name === undefined || name === 'HIDDEN_DUE_TO_SECURITY_REASONS' ? undefined : direct('federated', name);
}

/** guessed reads an identity without a type that we know: by its ARN, else by what else it has. */
function guessed(identity: unknown): Who {
  const resource = arnOf(textAt(identity, 'arn'))?.resource ?? '';
  const row = byResource.find(([start]) => (start === 'root' ? resource === start : resource.startsWith(start)));
  const describer = row === undefined ? undefined : describers.get(row[1]);
  if (describer !== undefined) return describer(identity);
  const name = userName(identity) ?? nameOfArn(identity);
  const service = textAt(identity, 'invokedBy');
  if (name === undefined && service !== undefined) return direct('service', service);
  return direct('unknown', name ?? textAt(identity, 'principalId') ?? textAt(identity, 'accountId'));
}

/** chainOf goes from the service that called on the actor's behalf, over the session, to the identity behind it. */
function chainOf(identity: unknown, { kind, name, chain }: Who): readonly string[] {
  const session = at(identity, 'sessionContext');
  const source = textAt(session, 'sourceIdentity');
  const provider = textAt(session, 'webIdFederationData', 'federatedProvider');
  const person = onBehalfOf(identity);
  const behind = [
    ...(flagOf(at(session, 'assumedRoot')) === true ? ['assumed-root'] : []),
    ...(provider === undefined ? [] : [`provider/${lastOf(provider)}`]),
    ...(source === undefined ? [] : [`source-identity/${source}`]),
    ...(person === undefined || person === name ? [] : [`identity-centre/${person}`]),
  ];
  const service = kind === 'service' ? undefined : textAt(identity, 'invokedBy');
  if (service === undefined && behind.length === 0) return chain;
  const self = chain.length > 0 ? chain : [kind === 'iam-user' ? `user/${name}` : name];
  return [...(service === undefined ? [] : [service]), ...self, ...behind];
}

/** mfaOf leaves out sign-ins of federated people: CloudTrail writes `No` for them, whatever their provider asked for. */
function mfaOf(fields: Fields, identity: unknown, { kind }: Who): boolean | undefined {
  const ofSession = flagOf(at(identity, 'sessionContext', 'attributes', 'mfaAuthenticated'));
  if (kind !== 'root' && kind !== 'iam-user') return kind === 'federated' ? undefined : ofSession;
  return flagOf(at(fields, 'additionalEventData', 'MFAUsed')) ?? ofSession;
}

function userName(identity: unknown): string | undefined {
  return textAt(identity, 'userName');
}

function nameOfArn(identity: unknown): string | undefined {
  const arn = textAt(identity, 'arn');
  return arn === undefined ? textAt(identity, 'principalId') : lastOf(arn);
}

function onBehalfOf(identity: unknown): string | undefined {
  return textAt(identity, 'onBehalfOf', 'userId');
}

function afterColon(principal: string | undefined): string | undefined {
  const colon = principal?.indexOf(':') ?? -1;
  const rest = colon < 0 ? '' : (principal ?? '').slice(colon + 1);
  return rest === '' ? undefined : rest;
}
