import {
  allow,
  arn,
  attribute,
  combined,
  policy,
  ref,
  sub,
  type Part,
  type Resource,
  type Resources,
  type Statement,
} from '../cloudformation.ts';
import { deadLetters, queue } from '../resources/queues.ts';
import type { Stage } from '../stage.ts';
import { namesOf, type FunctionRow, type Rule } from './row.ts';
import { functionRows } from './rows.ts';

/** functionResources gives what belongs to each function: rules, queue, dead letters with their alarm, and role. */
export function functionResources(stage: Stage): Part {
  return combined(Object.entries(functionRows).map(([key, row]) => resourcesOf(key, row, stage)));
}

function resourcesOf(key: string, row: FunctionRow, stage: Stage): Part {
  const { id, name } = namesOf(key);
  const { source } = row;
  const rules = source.kind === 'rules' || source.kind === 'queue' ? source.rules(stage) : [];
  const ids = rules.map((rule) => rule.id);
  const { dataKeyArn } = stage.params;
  const target = source.kind === 'queue' ? `${id}Queue` : `${id}LambdaFunction`;
  return {
    Resources: {
      ...Object.fromEntries(rules.map((rule) => [rule.id, ruleTo(target, `${id}DeadLetters`, rule, stage)])),
      ...(source.kind === 'rules' && permissions(ids, `${id}LambdaFunction`)),
      ...(source.kind === 'queue' &&
        queue(id, `${stage.prefix}-${name}`, {
          // AWS advises six times the function's timeout.
          // https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
          visibilitySeconds: 6 * row.timeoutSeconds,
          tries: source.tries,
          rules: ids,
          key: dataKeyArn,
        })),
      ...deadLetters(id, `${stage.prefix}-${name}`, { rules: ids, key: dataKeyArn }),
      [`${id}Role`]: roleOf(id, `${stage.prefix}-${name}`, row, stage),
    },
  };
}

/** ruleTo makes a rule that sends to a function or a queue, and keeps what it can't deliver. */
function ruleTo(target: string, failed: string, rule: Rule, { prefix }: Stage): Resource {
  const { when } = rule;
  return {
    Type: 'AWS::Events::Rule',
    Properties: {
      Name: `${prefix}-${rule.name}`,
      Description: rule.description,
      ...('schedule' in when
        ? { State: 'ENABLED', ScheduleExpression: when.schedule }
        : {
            State: when.state ?? 'ENABLED',
            ...(when.bus !== undefined && { EventBusName: when.bus }),
            EventPattern: when.pattern,
          }),
      Targets: [
        {
          Id: target.endsWith('Queue') ? 'queue' : 'function',
          Arn: attribute(target),
          ...(rule.input !== undefined && { InputTransformer: rule.input }),
          ...(rule.retry !== undefined && { RetryPolicy: rule.retry }),
          DeadLetterConfig: { Arn: attribute(failed) },
        },
      ],
    },
  };
}

function permissions(rules: readonly string[], id: string): Resources {
  return Object.fromEntries(
    rules.map((rule) => [
      `${rule}Permission`,
      {
        Type: 'AWS::Lambda::Permission',
        Properties: {
          FunctionName: ref(id),
          Action: 'lambda:InvokeFunction',
          Principal: 'events.amazonaws.com',
          SourceArn: attribute(rule),
        },
      },
    ]),
  );
}

function roleOf(id: string, name: string, row: FunctionRow, stage: Stage): Resource {
  const logGroup = arn('logs', `log-group:/aws/lambda/${name}:*`);
  const statements = [
    allow('WriteLogs', ['logs:CreateLogStream', 'logs:PutLogEvents'], logGroup),
    ...row.may(stage),
    ownQueue(id, row),
    ...useDataKey(stage),
    ...(stage.params.tracing === 'Active' ? [sendTraces] : []),
  ];
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      // IAM has no regions, and one stage may be deployed to several of them.
      RoleName: sub(`${name}-\${AWS::Region}`),
      AssumeRolePolicyDocument: policy([
        { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
      ]),
      Policies: [{ PolicyName: 'function', PolicyDocument: policy(statements) }],
    },
  };
}

function ownQueue(id: string, { source }: FunctionRow): Statement {
  return source.kind === 'queue'
    ? allow(
        'ConsumeQueue',
        ['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'],
        attribute(`${id}Queue`),
      )
    : allow('DeadLetters', 'sqs:SendMessage', attribute(`${id}DeadLetters`));
}

/** Every function uses the state table or a queue, which the key encrypts. */
function useDataKey({ params: { dataKeyArn: key } }: Stage): readonly Statement[] {
  return key === undefined ? [] : [allow('UseDataKey', ['kms:Decrypt', 'kms:GenerateDataKey'], key)];
}

// X-Ray has no resources to name.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html
const sendTraces = allow('SendTraces', ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'], '*');
