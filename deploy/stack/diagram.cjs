// Draws what a packaged template holds, as a Mermaid flow chart: who calls whom, and who writes where, as its rules, mappings and roles
// allow. docs/architecture.md has it; a test fails when the stack has changed and the page has not. To see a stage of your own:
//
//     npx serverless package --stage dev && node deploy/stack/diagram.cjs [TEMPLATE]
const { readFileSync } = require('node:fs');
const { idOf, ofType, sourcesOf } = require('./resources.cjs');

/** What a role's action says of the way data goes; other actions, and those on what the stack doesn't make, draw nothing. */
const directions = [
  { action: /^(?:events|firehose|kinesis):Put|^sns:Publish$|^s3:PutObject$|^sqs:SendMessage$/, to: true },
  { action: /^dynamodb:(?:Put|Update|Delete)Item$/, to: true },
  { action: /^dynamodb:(?:GetItem|Query)$/, from: true },
  { action: /^s3:GetObject$/, from: true },
  { action: /^athena:StartQueryExecution$/, to: true },
];

/** diagram gives the chart's text. Dead letters are left out: every step has its own. */
exports.diagram = function diagram(template) {
  const { Resources: resources } = template;
  const edges = new Map();
  const draw = (from, to, label = '') => {
    const key = `${from} ${to}`;
    edges.set(key, {
      from,
      to,
      labels: new Set([...(edges.get(key)?.labels ?? []), label].filter((one) => one !== '')),
    });
  };

  for (const [, { Properties }] of ofType(resources, 'AWS::Events::Rule')) {
    const from = sourceOfRule(Properties, resources);
    for (const { Arn } of Properties.Targets) draw(from, nodeOf(idOf(Arn), resources), labelOf(Properties, resources));
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
    for (const { node, to } of reachOf(resources[idOf(Properties.Role)], resources)) {
      draw(...(to ? [nodeOf(id, resources), node] : [node, nodeOf(id, resources)]));
    }
  }
  return textOf([...edges.values()]);
};

/** A schedule calls by itself; what comes by a bus comes from the bus. */
function sourceOfRule({ EventBusName: bus, ScheduleExpression: schedule }, resources) {
  if (schedule !== undefined) return 'schedules';
  if (bus === undefined || bus === 'default') return 'default event bus';
  return typeof bus === 'string' ? 'further event buses' : nodeOf(idOf(bus), resources);
}

function labelOf({ Name, EventBusName: bus, ScheduleExpression: schedule }) {
  // Rules of further buses are those of the default one.
  return schedule !== undefined || typeof bus === 'string' ? '' : short(Name);
}

function reachOf(role, resources) {
  const found = new Map();
  for (const { Action, Resource } of (role?.Properties.Policies ?? []).flatMap((one) => one.PolicyDocument.Statement)) {
    for (const { action, to } of directions) {
      if (![Action].flat().some((one) => action.test(one))) continue;
      for (const node of [Resource].flat().map((one) => nodeOfResource(one, resources))) {
        if (node !== undefined) found.set(`${node} ${to}`, { node, to: to === true });
      }
    }
  }
  // What is read and written is drawn once, as written.
  return [...found.values()].filter(({ node, to }) => to || !found.has(`${node} true`));
}

function nodeOfResource(resource, resources) {
  const text = resource?.['Fn::Sub'];
  const id = idOf(resource) ?? /^\$\{(\w+)\.Arn\}/.exec(text ?? '')?.[1];
  if (id !== undefined) return id.endsWith('DeadLetters') ? undefined : nodeOf(id, resources);
  if (/:firehose:.*:deliverystream\//.test(text ?? ''))
    return byName(text, 'AWS::KinesisFirehose::DeliveryStream', resources);
  if (/:athena:.*:workgroup\//.test(text ?? '')) return byName(text, 'AWS::Athena::WorkGroup', resources);
  if (text?.endsWith(':event-bus/default')) return 'default event bus';
  return /:s3:::[\w.-]+\//.test(text ?? '') ? "the trail's bucket" : undefined;
}

function byName(text, type, resources) {
  const found = ofType(resources, type).find(([, { Properties }]) =>
    text.endsWith(`/${Properties.DeliveryStreamName ?? Properties.Name}`),
  );
  return found === undefined ? undefined : nodeOf(found[0], resources);
}

const shapes = {
  'AWS::Lambda::Function': (name) => `(["${name}"])`,
  'AWS::SQS::Queue': (name) => `[/"queue ${name}"/]`,
  'AWS::Kinesis::Stream': (name) => `[/"stream ${name}"/]`,
  'AWS::KinesisFirehose::DeliveryStream': (name) => `[/"delivery stream ${name}"/]`,
  'AWS::Events::EventBus': (name) => `{{"event bus ${name}"}}`,
  'AWS::DynamoDB::Table': (name) => `[("table ${name}")]`,
  'AWS::S3::Bucket': () => `[("the archive's bucket")]`,
  'AWS::SNS::Topic': (name) => `{{"topic ${name}"}}`,
  'AWS::Athena::WorkGroup': (name) => `[("Athena, work group ${name}")]`,
};

/** A node is written with its shape; what stands outside of the stack, in words. */
function nodeOf(id, resources) {
  const { Type, Properties } = resources[id];
  const name = Object.entries(Properties).find(([key]) =>
    /^(?:Function|Queue|DeliveryStream|Table|Topic)?Name$/.test(key),
  )?.[1];
  return `${id}${shapes[Type](short(typeof name === 'string' ? name : id))}`;
}

function short(name) {
  return name.split('-').slice(2).join('-');
}

/** Nodes are written once, and edges by their ids. */
function textOf(edges) {
  const nodes = [...new Set(edges.flatMap(({ from, to }) => [written(from), written(to)]))];
  const lines = edges.map(({ from, to, labels }) => {
    const label = labels.size === 0 ? '' : `|"${[...labels].join(', ')}"|`;
    return `${idIn(from)} -->${label} ${idIn(to)}`;
  });
  return ['flowchart LR', ...[nodes, lines].flatMap((part) => part.toSorted(byText)).map((line) => `    ${line}`)].join(
    '\n',
  );
}

const byText = (a, b) => (a < b ? -1 : 1);

function written(node) {
  return /^\w+[[({]/.test(node) ? node : `${idIn(node)}["${node}"]`;
}

function idIn(node) {
  return /^\w+(?=[[({])/.exec(node)?.[0] ?? node.replaceAll(/\W+(\w)/g, (_match, letter) => letter.toUpperCase());
}

if (require.main === module) {
  const [file = '.serverless/cloudformation-template-update-stack.json'] = process.argv.slice(2);
  process.stdout.write(`${exports.diagram(JSON.parse(readFileSync(file, 'utf8')))}\n`);
}
