import type { Resources, Statement } from '../cloudformation.ts';
import { idOf, ofType, sourcesOf, statementsOf, textOf, type RuleProperties } from './read-template.ts';

interface Edge {
  readonly from: string;
  readonly to: string;
  readonly labels: ReadonlySet<string>;
}

/** What a role's action says of the way data goes; other actions, and those on what the stack doesn't make, draw nothing. */
const directions: readonly { readonly action: RegExp; readonly to: boolean }[] = [
  { action: /^(?:events|firehose|kinesis):Put|^sns:Publish$|^s3:PutObject$|^sqs:SendMessage$/, to: true },
  { action: /^dynamodb:(?:Put|Update|Delete)Item$/, to: true },
  { action: /^dynamodb:(?:GetItem|Query)$/, to: false },
  { action: /^s3:GetObject$/, to: false },
  { action: /^athena:StartQueryExecution$/, to: true },
];

/**
 * diagram draws what a packaged template holds, as a Mermaid flow chart: who calls and writes to what, as its rules, mappings and roles
 * allow. Dead letters are left out: every step has its own.
 */
export function diagram({ Resources: resources }: { readonly Resources: Resources }): string {
  const edges = new Map<string, Edge>();
  const draw = (from: string | undefined, to: string | undefined, label = ''): void => {
    if (from === undefined || to === undefined) return;
    const key = `${from} ${to}`;
    edges.set(key, {
      from,
      to,
      labels: new Set([...(edges.get(key)?.labels ?? []), label].filter((one) => one !== '')),
    });
  };

  for (const [, { Properties }] of ofType(resources, 'AWS::Events::Rule')) {
    const from = sourceOfRule(Properties, resources);
    for (const { Arn } of Properties.Targets) draw(from, nodeOf(idOf(Arn), resources), labelOf(Properties));
  }
  for (const { from, to } of sourcesOf(resources)) draw(nodeOf(from, resources), nodeOf(to, resources));
  for (const [, { Properties }] of ofType(resources, 'AWS::Logs::SubscriptionFilter')) {
    draw('log groups', nodeOf(idOf(Properties.DestinationArn), resources));
  }
  for (const [, { Properties }] of ofType(resources, 'AWS::Logs::Destination')) {
    draw('log groups of other accounts', nodeOf(idOf(Properties.TargetArn), resources));
  }
  for (const [id, { Properties }] of ofType(resources, 'AWS::KinesisFirehose::DeliveryStream')) {
    draw(nodeOf(id, resources), nodeOf(idOf(Properties.ExtendedS3DestinationConfiguration?.BucketARN), resources));
  }
  for (const [id, { Properties }] of ofType(resources, 'AWS::Lambda::Function')) {
    const role = resources[idOf(Properties.Role) ?? ''];
    for (const { node, to } of reachOf(role === undefined ? [] : statementsOf(role), resources)) {
      if (to) draw(nodeOf(id, resources), node);
      else draw(node, nodeOf(id, resources));
    }
  }
  return chartOf([...edges.values()]);
}

/** A schedule calls by itself; what comes by a bus comes from the bus. */
function sourceOfRule(
  { EventBusName: bus, ScheduleExpression: schedule }: RuleProperties,
  resources: Resources,
): string | undefined {
  if (schedule !== undefined) return 'schedules';
  if (bus === undefined || bus === 'default') return 'default event bus';
  return typeof bus === 'string' ? 'further event buses' : nodeOf(idOf(bus), resources);
}

function labelOf({ Name, EventBusName: bus, ScheduleExpression: schedule }: RuleProperties): string {
  // Rules of further buses are those of the default one.
  return schedule !== undefined || typeof bus === 'string' ? '' : short(Name);
}

interface Reach {
  readonly node: string;
  readonly to: boolean;
}

function reachOf(statements: readonly Statement[], resources: Resources): readonly Reach[] {
  const found = new Map<string, Reach>();
  for (const { Action, Resource } of statements) {
    for (const { action, to } of directions) {
      if (![Action].flat().some((one) => action.test(one))) continue;
      for (const node of [Resource].flat().map((one) => nodeOfResource(one, resources))) {
        if (node !== undefined) found.set(`${node} ${to}`, { node, to });
      }
    }
  }
  // What is read and written is drawn once, as written.
  return [...found.values()].filter(({ node, to }) => to || !found.has(`${node} true`));
}

function nodeOfResource(resource: unknown, resources: Resources): string | undefined {
  const text = textOf(resource) ?? '';
  const id = idOf(resource) ?? /^\$\{(\w+)\.Arn\}/.exec(text)?.[1];
  if (id !== undefined) return id.endsWith('DeadLetters') ? undefined : nodeOf(id, resources);
  if (/:firehose:.*:deliverystream\//.test(text))
    return byName(text, 'AWS::KinesisFirehose::DeliveryStream', resources);
  if (/:athena:.*:workgroup\//.test(text)) return byName(text, 'AWS::Athena::WorkGroup', resources);
  if (text.endsWith(':event-bus/default')) return 'default event bus';
  return /:s3:::[\w.-]+\//.test(text) ? "the trail's bucket" : undefined;
}

function byName(
  text: string,
  type: 'AWS::Athena::WorkGroup' | 'AWS::KinesisFirehose::DeliveryStream',
  resources: Resources,
): string | undefined {
  const found = Object.entries(resources).find(
    ([, { Type, Properties }]) =>
      Type === type && text.endsWith(`/${String(Properties['DeliveryStreamName'] ?? Properties['Name'])}`),
  );
  return found === undefined ? undefined : nodeOf(found[0], resources);
}

const shapes: Readonly<Record<string, (name: string, id: string) => string>> = {
  'AWS::Lambda::Function': (name) => `(["${name}"])`,
  'AWS::SQS::Queue': (name) => `[/"queue ${name}"/]`,
  'AWS::Kinesis::Stream': (name) => `[/"stream ${name}"/]`,
  'AWS::KinesisFirehose::DeliveryStream': (name) => `[/"delivery stream ${name}"/]`,
  'AWS::Events::EventBus': (name) => `{{"event bus ${name}"}}`,
  'AWS::DynamoDB::Table': (name) => `[("table ${name}")]`,
  'AWS::S3::Bucket': (_name, id) => (id === 'EvidenceBucket' ? '[("locked evidence")]' : `[("the archive's bucket")]`),
  'AWS::SNS::Topic': (name) => `{{"topic ${name}"}}`,
  'AWS::Athena::WorkGroup': (name) => `[("Athena, work group ${name}")]`,
};

/** A node is written with its shape; what stands outside of the stack, in words. */
function nodeOf(id: string | undefined, resources: Resources): string | undefined {
  const resource = resources[id ?? ''];
  if (id === undefined || resource === undefined) return undefined;
  const { Type, Properties } = resource;
  const name = Object.entries(Properties).find(([key]) =>
    /^(?:Function|Queue|DeliveryStream|Table|Topic)?Name$/.test(key),
  )?.[1];
  return `${id}${shapes[Type]?.(short(typeof name === 'string' ? name : id), id) ?? ''}`;
}

function short(name: string): string {
  return name.split('-').slice(2).join('-');
}

/** Nodes are written once, and edges by their ids. */
function chartOf(edges: readonly Edge[]): string {
  const nodes = [...new Set(edges.flatMap(({ from, to }) => [written(from), written(to)]))];
  const lines = edges.map(({ from, to, labels }) => {
    const label = labels.size === 0 ? '' : `|"${[...labels].join(', ')}"|`;
    return `${idIn(from)} -->${label} ${idIn(to)}`;
  });
  return ['flowchart LR', ...[nodes, lines].flatMap((part) => part.toSorted(byText)).map((line) => `    ${line}`)].join(
    '\n',
  );
}

const byText = (a: string, b: string): number => (a < b ? -1 : 1);

function written(node: string): string {
  return /^\w+[[({]/.test(node) ? node : `${idIn(node)}["${node}"]`;
}

function idIn(node: string): string {
  return (
    /^\w+(?=[[({])/.exec(node)?.[0] ?? node.replaceAll(/\W+(\w)/g, (_match, letter: string) => letter.toUpperCase())
  );
}
