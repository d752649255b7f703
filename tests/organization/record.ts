import type { Random } from './random.ts';

/** CloudTrailRecord is a record as a trail file holds it. */
export type CloudTrailRecord = Readonly<Record<string, unknown>> & { readonly eventTime: string };

/** Call is what differs between two records of one actor. */
export interface Call {
  readonly atMs: number;
  /** `ec2.DescribeInstances`: the service without `.amazonaws.com`, and the call. */
  readonly name: string;
  readonly parameters?: unknown;
  readonly answer?: unknown;
  /** The error's code, for a call that was denied or failed. */
  readonly error?: string;
  readonly region?: string;
  readonly more?: Readonly<Record<string, unknown>>;
}

/** Caller is whose calls they are, and by which way they come. */
export interface Caller {
  readonly account: string;
  readonly identity: Readonly<Record<string, unknown>>;
  readonly address: string;
  readonly agent: string;
  readonly region: string;
  /** Calls of the console carry a session credential of the console. */
  readonly console?: boolean;
}

const reading = /^(?:Get|List|Describe|Head|Lookup|BatchGet|Search|Query|Scan|Select|Simulate|Generate.*Report)/;

export const organization = 'o-ordinary00';
export const accounts = { production: '101010101010', staging: '202020202020', shared: '303030303030' } as const;

/** recordOf writes a call as CloudTrail does. */
export function recordOf(random: Random, caller: Caller, call: Call): CloudTrailRecord {
  const [service = '', eventName = ''] = call.name.split('.');
  const { account, identity, address, agent, region, console } = caller;
  return {
    eventVersion: '1.11',
    userIdentity: identity,
    eventTime: new Date(Math.floor(call.atMs / 1000) * 1000).toISOString().replace('.000Z', 'Z'),
    eventSource: `${service}.amazonaws.com`,
    eventName,
    awsRegion: call.region ?? (service === 'iam' || service === 'organizations' ? 'us-east-1' : region),
    sourceIPAddress: address,
    userAgent: agent,
    ...(call.error !== undefined && {
      errorCode: call.error,
      errorMessage: `User is not authorized to perform: ${service}:${eventName}`,
    }),
    requestParameters: call.parameters ?? null,
    responseElements: call.error === undefined ? (call.answer ?? null) : null,
    requestID: uuid(random),
    eventID: uuid(random),
    readOnly: reading.test(eventName),
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: account,
    eventCategory: 'Management',
    ...(console === true && { sessionCredentialFromConsole: 'true' }),
    ...(!address.includes('amazonaws.com') &&
      address !== 'AWS Internal' && {
        tlsDetails: {
          tlsVersion: 'TLSv1.3',
          cipherSuite: 'TLS_AES_128_GCM_SHA256',
          clientProvidedHostHeader: `${service}.${region}.amazonaws.com`,
        },
      }),
    ...call.more,
  };
}

export function uuid(random: Random): string {
  return [8, 4, 4, 4, 12].map((length) => random.hex(length)).join('-');
}

/** roleIdentity is a role's session, as `userIdentity` writes it. */
export function roleIdentity(
  random: Random,
  {
    account,
    role,
    session,
    since,
    key,
    path = '',
    federated,
  }: {
    readonly account: string;
    readonly role: string;
    readonly session: string;
    readonly since: number;
    readonly key?: string;
    /** Of the role's ARN, for example `aws-reserved/sso.amazonaws.com/`. */
    readonly path?: string;
    readonly federated?: Readonly<Record<string, unknown>>;
  },
): Readonly<Record<string, unknown>> {
  const id = idOf('AROA', `${account}${role}`);
  return {
    type: 'AssumedRole',
    principalId: `${id}:${session}`,
    arn: `arn:aws:sts::${account}:assumed-role/${role}/${session}`,
    accountId: account,
    accessKeyId: key ?? `ASIA${random.hex(16).toUpperCase()}`,
    sessionContext: {
      sessionIssuer: {
        type: 'Role',
        principalId: id,
        arn: `arn:aws:iam::${account}:role/${path}${role}`,
        accountId: account,
        userName: role,
      },
      ...(federated && { webIdFederationData: federated }),
      attributes: {
        creationDate: new Date(Math.floor(since / 1000) * 1000).toISOString().replace('.000Z', 'Z'),
        mfaAuthenticated: 'false',
      },
    },
  };
}

export function userIdentity(account: string, name: string, key: string): Readonly<Record<string, unknown>> {
  return {
    type: 'IAMUser',
    principalId: idOf('AIDA', name),
    arn: `arn:aws:iam::${account}:user/${name}`,
    accountId: account,
    accessKeyId: key,
    userName: name,
  };
}

/** serviceIdentity is an AWS service that acts by itself. */
export function serviceIdentity(service: string): Readonly<Record<string, unknown>> {
  return { type: 'AWSService', invokedBy: `${service}.amazonaws.com` };
}

/** The same name has the same id, in every record. */
function idOf(prefix: string, name: string): string {
  let hash = 7;
  for (const char of name) hash = (Math.imul(hash, 31) + char.charCodeAt(0)) >>> 0;
  return `${prefix}${hash.toString(36).toUpperCase().padStart(17, 'X')}`;
}
