import type { Actor, Outcome, Target } from '../../model/audit-event.ts';
import type { LogRecord } from '../../model/log-record.ts';
import { lastOf } from '../arn.ts';
import type { Description } from '../description.ts';
import { accountOf, at, defined, listOf, objectOf, textAt, textOf } from '../read.ts';
import { kindOfResourceType } from '../cloudtrail/target-kinds.ts';

/** What a service's event says beyond its envelope. */
interface Detail {
  readonly action: string | undefined;
  readonly actor?: Actor;
  readonly address?: string | undefined;
  readonly targets: readonly (Target | undefined)[];
  readonly outcome?: Outcome | undefined;
  readonly account?: string | undefined;
  readonly region?: string | undefined;
}

/** How to read the `detail` of each service's events, by log source. A new service is a row. */
const readers: Readonly<Record<string, (detail: unknown) => Detail>> = {
  cloudwatch_alarm: readAlarm,
  codebuild_build: readBuild,
  guardduty: readThreat,
  securityhub_finding: readPosture,
  health: readHealth,
  s3_object: readObject,
};

/** As many as a person would look at. */
const maxTargets = 20;

/** isReadAwsEvent recognises the events of AWS services that say more than their envelope. */
export function isReadAwsEvent({ source }: LogRecord): boolean {
  return source.product === 'aws' && Object.hasOwn(readers, source.services[0] ?? '');
}

/** describeAwsEvent describes what an AWS service published on the bus. */
export function describeAwsEvent(record: LogRecord): Description {
  const { fields, source } = record;
  const service = source.services.at(-1) ?? 'unknown';
  const said = readers[source.services[0] ?? '']?.(at(fields, 'detail'));
  return {
    category: { kind: 'other' },
    ...defined({
      account: accountOf(said?.account) ?? accountOf(at(fields, 'account')) ?? accountOf(record.account),
      region: said?.region ?? textAt(fields, 'region') ?? record.region,
    }),
    service,
    action: said?.action ?? textAt(fields, 'detail-type') ?? 'unknown',
    actor: said?.actor ?? serviceActor(`${service}.amazonaws.com`),
    ...defined({ sourceAddress: said?.address }),
    targets: (said?.targets ?? []).filter((target) => target !== undefined).slice(0, maxTargets),
    outcome: said?.outcome ?? { kind: 'success' },
  };
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html */
function readAlarm(detail: unknown): Detail {
  const state = textAt(detail, 'state', 'value') ?? 'unknown';
  const message = textAt(detail, 'state', 'reason');
  const metrics = listOf(at(detail, 'configuration', 'metrics'));
  const metric = metrics.map((one) => textAt(one, 'metricStat', 'metric', 'name')).find((name) => name !== undefined);
  return {
    action: `alarm ${state}`,
    targets: [targetOf('alarm', textAt(detail, 'alarmName')), targetOf('metric', metric)],
    outcome: state === 'ALARM' ? { kind: 'failure', code: state, ...defined({ message }) } : undefined,
  };
}

/** https://docs.aws.amazon.com/codebuild/latest/userguide/sample-build-notifications-ref.html */
function readBuild(detail: unknown): Detail {
  const status = textAt(detail, 'build-status') ?? 'unknown';
  const more = at(detail, 'additional-information');
  const failed = listOf(at(more, 'phases')).find((phase) =>
    /^(FAILED|FAULT|TIMED_OUT)$/.test(textAt(phase, 'phase-status') ?? ''),
  );
  const context = listOf(at(failed, 'phase-context')).map((one) => textOf(one)?.trim() ?? '');
  const message = [textAt(failed, 'phase-type') ?? '', ...context].filter((part) => /\w/.test(part)).join(': ');
  const initiator = textAt(more, 'initiator');
  return {
    action: `build ${status.toLowerCase().replaceAll('_', ' ')}`,
    // A user's name, a role's session, or what else began it, e.g. `codepipeline/storefront`.
    ...(initiator !== undefined && { actor: { kind: 'unknown', name: initiator, chain: [] } }),
    targets: [
      targetOf('project', textAt(detail, 'project-name')),
      targetOf('build', idOfArn(textAt(detail, 'build-id'))),
    ],
    outcome:
      status === 'SUCCEEDED' || status === 'IN_PROGRESS'
        ? undefined
        : { kind: 'failure', code: status, ...defined({ message: message === '' ? undefined : message }) },
  };
}

/** https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_finding-format.html */
function readThreat(detail: unknown): Detail {
  const resource = at(detail, 'resource');
  const key = at(resource, 'accessKeyDetails');
  const user = textAt(key, 'userName');
  const actions = Object.values(objectOf(at(detail, 'service', 'action')));
  const remotes = actions.flatMap((action) => [
    at(action, 'remoteIpDetails'),
    at(listOf(at(action, 'portProbeDetails'))[0], 'remoteIpDetails'),
  ]);
  const address = remotes
    .map((one) => textAt(one, 'ipAddressV4') ?? textAt(one, 'ipAddressV6'))
    .find((ip) => ip !== undefined);
  return {
    action: textAt(detail, 'type'),
    ...(user !== undefined && {
      actor: {
        kind: kindsOfUser.get(textAt(key, 'userType') ?? '') ?? 'unknown',
        name: user,
        ...defined({ accessKeyId: textAt(key, 'accessKeyId') }),
        chain: [],
      },
    }),
    address,
    targets: [
      targetOf('instance', textAt(resource, 'instanceDetails', 'instanceId')),
      ...listOf(at(resource, 's3BucketDetails')).map((bucket) => targetOf('bucket', textAt(bucket, 'name'))),
      targetOf('cluster', textAt(resource, 'eksClusterDetails', 'name')),
      targetOf('cluster', textAt(resource, 'ecsClusterDetails', 'name')),
      targetOf('function', textAt(resource, 'lambdaDetails', 'functionName')),
      targetOf('db-instance', textAt(resource, 'rdsDbInstanceDetails', 'dbInstanceIdentifier')),
      targetOf('access-key', textAt(key, 'accessKeyId')),
    ],
    account: textAt(detail, 'accountId'),
    region: textAt(detail, 'region'),
  };
}

const kindsOfUser = new Map<string, Actor['kind']>([
  ['Root', 'root'],
  ['IAMUser', 'iam-user'],
  ['AssumedRole', 'role'],
  ['Role', 'role'],
  ['FederatedUser', 'federated'],
  ['AWSService', 'service'],
]);

/** Each event holds one finding. https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-cwe-event-formats.html */
function readPosture(detail: unknown): Detail {
  const [finding] = listOf(at(detail, 'findings'));
  const status = textAt(finding, 'Compliance', 'Status');
  const message = textAt(finding, 'Description');
  const product = textAt(finding, 'ProductName');
  return {
    action: textAt(finding, 'Title'),
    ...(product !== undefined && { actor: serviceActor(product) }),
    targets: listOf(at(finding, 'Resources'))
      .slice(0, maxTargets)
      .map((resource) => targetOf(kindOfAsff(textAt(resource, 'Type')), textAt(resource, 'Id'))),
    outcome: status === 'FAILED' ? { kind: 'failure', code: status, ...defined({ message }) } : undefined,
    account: textAt(finding, 'AwsAccountId'),
    region: textAt(finding, 'Region'),
  };
}

/** Security Hub writes `AwsIamAccessKey` where CloudFormation has `AWS::IAM::AccessKey`. */
function kindOfAsff(type = 'Resource'): string {
  return kindOfResourceType(type.replace(/^Aws[A-Z][a-z0-9]*(?=[A-Z])/, ''));
}

/** https://docs.aws.amazon.com/health/latest/ug/aws-health-events-eventbridge-schema.html */
function readHealth(detail: unknown): Detail {
  return {
    action: textAt(detail, 'eventTypeCode'),
    targets: listOf(at(detail, 'affectedEntities'))
      .slice(0, maxTargets)
      .map((entity) => targetOf('resource', textAt(entity, 'entityValue'))),
    account: textAt(detail, 'affectedAccount'),
    region: textAt(detail, 'eventRegion'),
  };
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html */
function readObject(detail: unknown): Detail {
  const bucket = textAt(detail, 'bucket', 'name');
  const key = textAt(detail, 'object', 'key');
  const requester = textAt(detail, 'requester');
  const byAccount = accountOf(requester);
  return {
    // What was called, or `Lifecycle Expiration`.
    action: textAt(detail, 'reason'),
    ...(requester !== undefined && {
      actor:
        byAccount === undefined
          ? serviceActor(requester)
          : { kind: 'unknown', name: `account/${byAccount}`, account: byAccount, chain: [] },
    }),
    address: textAt(detail, 'source-ip-address'),
    targets: [
      targetOf('object', bucket === undefined || key === undefined ? undefined : `${bucket}/${key}`),
      targetOf('bucket', bucket),
    ],
  };
}

function serviceActor(name: string): Actor {
  return { kind: 'service', name, chain: [] };
}

function targetOf(kind: string, id: string | undefined): Target | undefined {
  return id === undefined ? undefined : { kind, id };
}

function idOfArn(arn: string | undefined): string | undefined {
  return arn === undefined ? undefined : lastOf(arn);
}
