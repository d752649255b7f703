import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import type { Resource, Template } from './packaged.ts';

/** A statement of a policy, as far as the checks look at it. */
export interface Statement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

type Resources = Template['Resources'];

/** ofType gives the resources of a type, by logical id. */
export function ofType(resources: Resources, type: string): [string, Resource][] {
  return Object.entries(resources).filter(([, resource]) => resource.Type === type);
}

/** refOf gives the logical id that a Ref, a GetAtt or a Fn::Sub names first. */
export function refOf(value: unknown): string {
  return referencesIn(value)[0] ?? '';
}

/** statementsOf gives the statements of a role's own policies. */
export function statementsOf(role: Resource | undefined): readonly Statement[] {
  const policies = (role?.Properties['Policies'] ?? []) as readonly {
    readonly PolicyDocument: { readonly Statement: readonly Statement[] };
  }[];
  return policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
}

/**
 * What may be done on `*`, and why nothing finer can be named.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/
 */
const unnameable: Readonly<Record<string, string>> = {
  'xray:PutTelemetryRecords': 'X-Ray has no resources to write to',
  'xray:PutTraceSegments': 'X-Ray has no resources to write to',
  'cloudtrail:ListPublicKeys': 'public keys belong to a region',
  'cloudwatch:GetMetricData': 'metrics are not resources',
  'cloudwatch:PutMetricData': 'metrics are not resources',
};

/** permissionProblems lists what roles may do on anything or by a wildcard, and roles that may do nothing. */
export function permissionProblems(resources: Resources): string[] {
  return ofType(resources, 'AWS::IAM::Role').flatMap(([id, role]) => [
    ...(statementsOf(role).length === 0 ? [`${id} allows nothing by its own policies`] : []),
    ...('ManagedPolicyArns' in role.Properties ? [`${id} has managed policies, which allow more than is named`] : []),
    ...statementsOf(role).flatMap(({ Sid, Action, Resource }) => {
      const actions = [Action].flat();
      return [
        ...(Sid === undefined ? [`${id} has a statement without a Sid`] : []),
        ...actions.filter((action) => action.includes('*')).map((action) => `${id}.${Sid} allows ${action}`),
        ...(isAnything(Resource)
          ? actions
              .filter((action) => !(action in unnameable))
              .map((action) => `${id}.${Sid} allows ${action} on anything`)
          : []),
      ];
    }),
  ]);
}

function isAnything(resource: unknown): boolean {
  return [resource].flat().some((one) => one === '*');
}

/** asynchronousProblems lists asynchronously called functions without dead letters, and dead letters without an alarm. */
export function asynchronousProblems(resources: Resources): string[] {
  const callers = /^(?:events|logs|s3|scheduler|sns)\.amazonaws\.com$/;
  const called = ofType(resources, 'AWS::Lambda::Permission')
    .filter(([, { Properties }]) => callers.test(String(Properties['Principal'])))
    .map(([, { Properties }]) => refOf(Properties['FunctionName']));
  return [...new Set(called)].flatMap((id) => {
    const { DeadLetterConfig, Role } = resources[id]?.Properties ?? {};
    const queue = refOf((DeadLetterConfig as { readonly TargetArn?: unknown } | undefined)?.TargetArn);
    if (queue === '') return [`${id} has no dead letters`];
    const may = statementsOf(resources[refOf(Role)]).some(
      ({ Action, Resource }) => [Action].flat().includes('sqs:SendMessage') && refOf(Resource) === queue,
    );
    return [
      ...(may ? [] : [`${id} may not write its dead letters to ${queue}`]),
      ...(isAlarmed(queue, resources) ? [] : [`${queue} has no alarm that rings`]),
    ];
  });
}

/** queueProblems lists queues that are open or unencrypted, or lose what fails. */
export function queueProblems(resources: Resources): string[] {
  const policies = ofType(resources, 'AWS::SQS::QueuePolicy').map(([, { Properties }]) => Properties);
  return ofType(resources, 'AWS::SQS::Queue').flatMap(([id, { Properties }]) => {
    const policy = policies.find(({ Queues }) => refOf((Queues as readonly unknown[])[0]) === id);
    const tls = JSON.stringify({ Bool: { 'aws:SecureTransport': 'false' } });
    const statements = (policy?.['PolicyDocument'] as { readonly Statement: readonly Statement[] } | undefined)
      ?.Statement;
    const redrive = Properties['RedrivePolicy'] as { readonly deadLetterTargetArn: unknown } | undefined;
    const deadLetters = redrive === undefined ? id : refOf(redrive.deadLetterTargetArn);
    const read = ofType(resources, 'AWS::Lambda::EventSourceMapping').some(
      ([, mapping]) => refOf(mapping.Properties['EventSourceArn']) === id,
    );
    return [
      ...(Properties['SqsManagedSseEnabled'] === true ? [] : [`${id} is not encrypted`]),
      ...(statements?.some(({ Effect, Condition }) => Effect === 'Deny' && JSON.stringify(Condition) === tls)
        ? []
        : [`${id} takes what comes without TLS`]),
      ...(read && redrive === undefined ? [`${id} has no queue for what fails`] : []),
      ...(isAlarmed(deadLetters, resources) ? [] : [`${deadLetters} has no alarm that rings`]),
    ];
  });
}

function isAlarmed(queue: string, resources: Resources): boolean {
  return ofType(resources, 'AWS::CloudWatch::Alarm').some(
    ([, { Properties }]) =>
      Properties['MetricName'] === 'ApproximateNumberOfMessagesVisible' &&
      refOf(Properties['Dimensions']) === queue &&
      [Properties['AlarmActions'] ?? []].flat().length > 0,
  );
}

/** functionProblems lists what functions lack: the current runtime, a role of their own, a log group with a retention. */
export function functionProblems(resources: Resources): string[] {
  const functions = ofType(resources, 'AWS::Lambda::Function');
  const retention = new Map(
    ofType(resources, 'AWS::Logs::LogGroup').map(([, { Properties }]) => [
      String(Properties['LogGroupName']),
      Properties['RetentionInDays'],
    ]),
  );
  const roles = functions.map(([, { Properties }]) => refOf(Properties['Role']));
  return functions.flatMap(([id, { Properties }]) => {
    const name = String(Properties['FunctionName']);
    const role = refOf(Properties['Role']);
    return [
      ...(Properties['Runtime'] === 'nodejs24.x' ? [] : [`${id} runs on ${String(Properties['Runtime'])}`]),
      ...(JSON.stringify(Properties['Architectures']) === '["arm64"]' ? [] : [`${id} does not run on arm64`]),
      ...(roles.filter((one) => one === role).length === 1 ? [] : [`${id} shares ${role}`]),
      ...(resources[role]?.Type === 'AWS::IAM::Role' ? [] : [`${id} has no role of this stack`]),
      ...(Number(retention.get(`/aws/lambda/${name}`)) > 0 ? [] : [`${id} has no log group that forgets`]),
    ];
  });
}

/** What must not stand where everybody reads who may look at a function. */
const secrets = [
  { what: 'an access key', pattern: /(?:AKIA|ASIA)[A-Z0-9]{16}/ },
  { what: 'a webhook address', pattern: /https:\/\/[^"]*(?:hooks\.slack\.com|webhook\.office|events\.pagerduty)/ },
  { what: 'a token', pattern: /xox[abeprs]-|gh[opsu]_\w{20}|-----BEGIN/ },
  { what: 'what could be a secret', pattern: /"(?=[\w+/=-]*\d)(?=[\w+/=-]*[a-z])(?=[\w+/=-]*[A-Z])[\w+/=-]{32,}"/ },
];

/** secretProblems lists functions' variables that hold a secret, where they should hold its name. */
export function secretProblems(resources: Resources): string[] {
  return ofType(resources, 'AWS::Lambda::Function').flatMap(([id, { Properties }]) => {
    const variables = (Properties['Environment'] as { readonly Variables?: Readonly<Record<string, unknown>> })
      ?.Variables;
    return Object.entries(variables ?? {}).flatMap(([name, value]) => [
      ...secrets
        .filter(({ pattern }) => pattern.test(JSON.stringify(value)))
        .map(({ what }) => `${id}.${name} holds ${what}`),
      ...(/(?:SECRET|TOKEN|PASSWORD|CREDENTIALS?|WEBHOOK)$/.test(name) ? [`${id}.${name} is called a secret`] : []),
    ]);
  });
}

/**
 * namesOf gives what resources are known by in an account: of each type its identifiers according to AWS, and every other name.
 * What CloudFormation names itself clashes with nothing, and is left out.
 */
export function namesOf(resources: Resources): string[] {
  return Object.values(resources).flatMap((resource) => {
    const found = identityOf(resource, resources);
    return found === undefined ? [] : [`${resource.Type} ${found}`];
  });
}

function identityOf(resource: Resource, resources: Resources): string | undefined {
  // CloudFormation lets a resource have none.
  const Properties = (resource.Properties as Resource['Properties'] | undefined) ?? {};
  const [known] = loadedSpecification().lookup('resource', 'cloudFormationType', 'equals', resource.Type);
  const identifiers = new Set(
    (known?.cfnRefIdentifier ?? known?.primaryIdentifier ?? []).map((part) => part.split('/').at(-1)),
  );
  const inner = Object.values(Properties).filter(
    (value) => isObject(value) && !('Ref' in value || 'Fn::GetAtt' in value),
  );
  const all = Object.assign({}, ...inner, Properties) as Readonly<Record<string, unknown>>;
  const keys = Object.keys(all).filter((key) => identifiers.has(key) || /^(?:\w*Name|StatementId)$/.test(key));
  if (keys.length === 0) return undefined;
  const values = keys.toSorted().map((key) => {
    const target = isObject(all[key]) && 'Fn::Sub' in all[key] ? undefined : resources[refOf(all[key])];
    return target === undefined ? JSON.stringify(all[key]) : identityOf(target, resources);
  });
  return values.includes(undefined) ? undefined : values.join(' ');
}

let specification: ReturnType<typeof loadAwsServiceSpecSync> | undefined;
const loadedSpecification = (): ReturnType<typeof loadAwsServiceSpecSync> =>
  (specification ??= loadAwsServiceSpecSync());

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** referencesIn gives every logical id, parameter or pseudo parameter that a value refers to. */
export function referencesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(referencesIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) => {
    switch (key) {
      case 'Ref':
        return [String(inner)];
      case 'Fn::GetAtt':
        return [String((inner as unknown[])[0])];
      case 'Fn::Sub':
        return [...String(inner).matchAll(/\$\{([\w:]+)/g)].map(([, name]) => name ?? '');
      default:
        return referencesIn(inner);
    }
  });
}
