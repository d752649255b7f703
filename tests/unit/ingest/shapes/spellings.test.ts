import { describe, expect, test } from '@jest/globals';
import { openValue } from '../../../../src/ingest/open.ts';
import { parseMapText } from '../../../../src/ingest/shapes/spellings/map-text.ts';
import type { Fields } from '../../../../src/model/log-record.ts';
import { sorted } from '../reading.ts';

const written = '2026-05-01T00:00:00.000Z';
const open = (value: unknown) => sorted(openValue(value, { path: 'x.json', index: 0, time: written }));

const identity = {
  type: 'AssumedRole',
  principalId: 'AROAEXAMPLE:deploy',
  arn: 'arn:aws:sts::111122223333:assumed-role/Deploy/deploy',
  accountId: '111122223333',
  accessKeyId: 'ASIAEXAMPLE',
  sessionContext: {
    attributes: { mfaAuthenticated: 'false', creationDate: '2026-04-01T09:00:00Z' },
    sessionIssuer: { type: 'Role', arn: 'arn:aws:iam::111122223333:role/Deploy' },
  },
};
const parameters = { roleName: 'Admin', policyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' };

/** What every spelling below says, in CloudTrail's words. */
const facts = {
  eventName: 'AttachRolePolicy',
  eventSource: 'iam.amazonaws.com',
  awsRegion: 'us-east-1',
  sourceIPAddress: '203.0.113.7',
  userAgent: 'aws-cli/2.27',
  eventID: 'c0ffee00-0000-4000-8000-000000000001',
  recipientAccountId: '111122223333',
  requestParameters: parameters,
};

const lower = {
  eventversion: '1.11',
  useridentity: {
    type: identity.type,
    principalid: identity.principalId,
    arn: identity.arn,
    accountid: identity.accountId,
    accesskeyid: identity.accessKeyId,
    invokedby: null,
    sessioncontext: {
      attributes: { mfaauthenticated: 'false', creationdate: '2026-04-01T09:00:00Z' },
      sessionissuer: { type: 'Role', arn: identity.sessionContext.sessionIssuer.arn },
    },
  },
  eventtime: '2026-04-01T10:00:00Z',
  eventsource: facts.eventSource,
  eventname: facts.eventName,
  awsregion: facts.awsRegion,
  sourceipaddress: facts.sourceIPAddress,
  useragent: facts.userAgent,
  errorcode: null,
  requestparameters: JSON.stringify(parameters),
  responseelements: null,
  readonly: 'false',
  eventid: facts.eventID,
  recipientaccountid: '111122223333',
};
const identityText =
  '{type=AssumedRole, principalid=AROAEXAMPLE:deploy, arn=arn:aws:sts::111122223333:assumed-role/Deploy/deploy, ' +
  'accountid=111122223333, accesskeyid=ASIAEXAMPLE, username=null, sessioncontext={attributes={mfaauthenticated=false, ' +
  'creationdate=2026-04-01T09:00:00Z}, sessionissuer={type=Role, arn=arn:aws:iam::111122223333:role/Deploy}}}';

const ecs = {
  '@timestamp': '2026-04-01T10:00:00.000Z',
  event: { action: facts.eventName, provider: facts.eventSource, id: facts.eventID, dataset: 'aws.cloudtrail' },
  aws: {
    cloudtrail: {
      event_version: '1.11',
      recipient_account_id: '111122223333',
      flattened: { request_parameters: parameters },
      user_identity: {
        type: identity.type,
        arn: identity.arn,
        access_key_id: identity.accessKeyId,
        session_context: {
          mfa_authenticated: 'false',
          creation_date: '2026-04-01T09:00:00Z',
          session_issuer: { type: 'Role', arn: identity.sessionContext.sessionIssuer.arn },
        },
      },
    },
  },
  cloud: { region: facts.awsRegion, account: { id: '111122223333' } },
  source: { address: facts.sourceIPAddress },
  user: { id: identity.principalId, name: 'Deploy' },
  user_agent: { original: facts.userAgent, name: 'aws-cli' },
};

const ocsf = {
  metadata: { product: { name: 'CloudTrail', version: '1.11' }, uid: facts.eventID, event_code: 'AwsApiCall' },
  time: 1775037600000,
  class_uid: 6003,
  cloud: { region: facts.awsRegion, provider: 'AWS', account: { uid: '111122223333' } },
  api: {
    operation: facts.eventName,
    service: { name: facts.eventSource },
    request: { uid: 'r-1', data: JSON.stringify(parameters) },
    response: null,
  },
  actor: {
    user: {
      type: identity.type,
      uid: identity.arn,
      uid_alt: identity.principalId,
      account: { uid: '111122223333' },
      credential_uid: identity.accessKeyId,
    },
    session: {
      is_mfa: false,
      created_time_dt: '2026-04-01T09:00:00Z',
      issuer: identity.sessionContext.sessionIssuer.arn,
    },
  },
  http_request: { user_agent: facts.userAgent },
  src_endpoint: { ip: facts.sourceIPAddress },
  unmapped: { 'userIdentity.sessionContext.sessionIssuer.type': 'Role', readOnly: 'false' },
};

/** Every value under its whole path, in a list, as `fields` of a search engine has them. */
function dotted(value: Fields, before = ''): Fields {
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, one]) =>
      typeof one === 'object' && one !== null
        ? Object.entries(dotted(one as Fields, `${before}${key}.`))
        : [[`${before}${key}`, [one]]],
    ),
  );
}

const capitals = Object.fromEntries(Object.entries(lower).map(([name, value]) => [name.toUpperCase(), value]));
const snakes = {
  event_name: facts.eventName,
  event_source: facts.eventSource,
  event_time: '2026-04-01T10:00:00Z',
  event_id: facts.eventID,
  aws_region: facts.awsRegion,
  source_ip_address: facts.sourceIPAddress,
  user_agent: facts.userAgent,
  user_identity: identity,
  request_parameters: parameters,
  recipient_account_id: '111122223333',
};

const sentinel = {
  TimeGenerated: '2026-04-01T10:00:00Z',
  AwsEventId: facts.eventID,
  EventName: facts.eventName,
  EventSource: facts.eventSource,
  AWSRegion: facts.awsRegion,
  SourceIpAddress: facts.sourceIPAddress,
  UserAgent: facts.userAgent,
  RecipientAccountId: '111122223333',
  RequestParameters: JSON.stringify(parameters),
  UserIdentityType: identity.type,
  UserIdentityArn: identity.arn,
  UserIdentityPrincipalid: identity.principalId,
  UserIdentityAccountId: identity.accountId,
  UserIdentityAccessKeyId: identity.accessKeyId,
  SessionMfaAuthenticated: 'false',
  SessionIssuerType: 'Role',
  SessionIssuerArn: identity.sessionContext.sessionIssuer.arn,
  TenantId: 't',
};

describe('a CloudTrail record under other names is the record that rules know', () => {
  test.each<[string, Fields]>([
    ["Athena's columns", lower],
    ["Athena's columns, with the identity as Athena prints it", { ...lower, useridentity: identityText }],
    ["Athena's columns, with Athena's time", { ...lower, eventtime: '2026-04-01 10:00:00.000 UTC' }],
    ["Snowflake's columns", { ...capitals, USERIDENTITY: JSON.stringify(identity) }],
    ['columns with underscores', snakes],
    [
      "CloudTrail's names with the structs as texts",
      {
        ...facts,
        eventTime: '2026-04-01T10:00:00Z',
        userIdentity: JSON.stringify(identity),
        requestParameters: JSON.stringify(parameters),
      },
    ],
    [
      "CloudTrail's names, with a column for each part",
      {
        ...facts,
        eventTime: '2026-04-01T10:00:00Z',
        ...Object.fromEntries(
          Object.entries(dotted({ userIdentity: identity, requestParameters: parameters })).map(([key, list]) => [
            key,
            (list as readonly unknown[])[0],
          ]),
        ),
        requestParameters: undefined,
      },
    ],
    ['ECS', ecs],
    ["ECS, with what the services say as Java's text only", withText(ecs)],
    ['ECS, a key for each value', dotted(ecs)],
    ["Sentinel's table", sentinel],
    ['OCSF, the second version', ocsf],
    [
      'OCSF, the first version',
      {
        ...ocsf,
        actor: {
          user: {
            type: identity.type,
            uuid: identity.arn,
            uid: identity.principalId,
            account_uid: '111122223333',
            credential_uid: identity.accessKeyId,
          },
          session: { mfa: false, created_time: 1775034000000, issuer: identity.sessionContext.sessionIssuer.arn },
        },
        api: { ...ocsf.api, request: { uid: 'r-1' } },
        unmapped: {
          'requestParameters.roleName': parameters.roleName,
          'requestParameters.policyArn': parameters.policyArn,
          recipientAccountId: '111122223333',
          'userIdentity.sessionContext.sessionIssuer.type': 'Role',
        },
      },
    ],
  ])('%s', (_name, value) => {
    const { records, failures } = open(value);
    expect(failures).toEqual([]);
    expect(records).toHaveLength(1);
    expect(records[0]).toMatchObject({
      id: facts.eventID,
      time: '2026-04-01T10:00:00.000Z',
      source: { product: 'aws', services: ['cloudtrail'] },
      fields: facts,
    });
    const userIdentity = records[0]?.fields['userIdentity'];
    expect(userIdentity).toMatchObject({
      type: identity.type,
      arn: identity.arn,
      principalId: identity.principalId,
      accountId: identity.accountId,
      accessKeyId: identity.accessKeyId,
      sessionContext: {
        attributes: { mfaAuthenticated: 'false' },
        sessionIssuer: identity.sessionContext.sessionIssuer,
      },
    });
  });

  test('ECS that kept the event is that event', () => {
    const event = { ...facts, eventTime: '2026-04-01T10:00:00Z', userIdentity: identity, more: 1 };
    const value = { ...ecs, event: { ...ecs.event, original: JSON.stringify(event) } };
    expect(open(value).records[0]?.fields).toEqual(event);
  });

  test.each<[string, Fields]>([
    ['a table of somebody else', { eventname: 'signed-up', eventsource: 'shop', time: written }],
    ['another dataset of ECS', { '@timestamp': written, event: { action: 'x', provider: 'nginx' } }],
    ['OCSF of another product', { ...ocsf, metadata: { product: { name: 'GuardDuty' } } }],
  ])('%s is not one', (_name, value) => {
    expect(open(value).records.map(({ source }) => source.product)).toEqual(['unknown']);
  });

  test('a key that would reach into every object is left out', () => {
    const value: Fields = { ...snakes, 'userIdentity.__proto__.polluted': 'x', user_identity: undefined };
    expect(open(value).records).toHaveLength(1);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
});

function withText(value: typeof ecs): Fields {
  const { flattened: _flattened, ...rest } = value.aws.cloudtrail;
  const text = `{roleName=${parameters.roleName}, policyArn=${parameters.policyArn}}`;
  return { ...value, aws: { cloudtrail: { ...rest, request_parameters: text } } };
}

describe('records that lack what stores drop', () => {
  const record = { eventVersion: '1.11', eventTime: '2026-04-01T10:00:00Z', ...facts, userIdentity: identity };

  test('without an id, the content stands for it: the same record twice is one', () => {
    const { eventID: _id, ...without } = record;
    const [first, second, other] = [without, without, { ...without, userAgent: 'x' }].map(
      (value) => open(value).records[0],
    );
    expect(first?.id).toMatch(/^[0-9a-f]{32}$/);
    expect(second?.id).toBe(first?.id);
    expect(other?.id).not.toBe(first?.id);
    expect(first?.fields['eventID']).toBe(first?.id);
  });

  test('a time of a store is read, and spelled as CloudTrail spells it', () => {
    const { records } = open({ ...record, eventTime: 1775037600 });
    expect(records).toMatchObject([
      { time: '2026-04-01T10:00:00.000Z', fields: { eventTime: '2026-04-01T10:00:00Z' } },
    ]);
  });

  test('aggregated data events: the time is when the window began, the account is the one that got it', () => {
    const event = {
      eventVersion: '1.0',
      accountId: '111122223333',
      eventId: 'agg-1',
      eventCategory: 'Aggregated',
      eventType: 'AwsAggregatedEvent',
      awsRegion: 'eu-west-1',
      eventSource: 's3.amazonaws.com',
      timeWindow: { windowStart: '2026-04-01T10:00:00Z', windowEnd: '2026-04-01T10:05:00Z', windowSize: 'PT5M' },
      summary: { primaryDimension: { dimension: 'eventName', statistics: [{ name: 'PutObject', value: 2 }] } },
    };
    expect(open(event).records).toMatchObject([
      {
        id: 'agg-1',
        time: '2026-04-01T10:00:00.000Z',
        account: '111122223333',
        fields: { eventID: 'agg-1', eventTime: '2026-04-01T10:00:00Z', eventCategory: 'Aggregated' },
      },
    ]);
  });
});

describe('the text of a struct', () => {
  test.each<[string, string, unknown]>([
    ['an empty map', '{}', {}],
    ['null and texts with a comma and a sign', '{a=null, b=x=y, c=1,2}', { a: null, b: 'x=y', c: '1,2' }],
    [
      'lists and maps in each other',
      '{a=[{b=1}, {b=2}], c={d={e=f}}}',
      { a: [{ b: '1' }, { b: '2' }], c: { d: { e: 'f' } } },
    ],
    ['a list of texts', '[a, b]', ['a', 'b']],
    ['cut off', '{a=1, b=', undefined],
    ['no map', 'a=1', undefined],
    ['nested without end', '{a='.repeat(5_000), undefined],
  ])('%s', (_name, text, value) => {
    expect(parseMapText(text)).toEqual(value);
  });
});
