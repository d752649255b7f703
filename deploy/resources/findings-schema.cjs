// The contract of a finding, in EventBridge's schema registry, where subscribers look for it and make code of it. The registry
// knows draft 4 of JSON Schema; schemas/finding.schema.json is written in a newer one.
const { choice, stageOf } = require('./names.cjs');
const finding = require('../../schemas/finding.schema.json');

/** What the registry takes. https://docs.aws.amazon.com/eventbridge/latest/schema-reference/v1-registries-name-registryname-schemas-name-schemaname.html */
const mostContent = 100_000;

module.exports = async ({ resolveVariable }) => {
  const { prefix, params } = await stageOf(resolveVariable, ['schemaRegistry']);
  if (choice('schemaRegistry', params.schemaRegistry, ['true', 'false']) === 'false') return { Resources: {} };
  const content = JSON.stringify(eventSchema());
  if (content.length > mostContent)
    throw new Error(`the schema of a finding has ${content.length} characters: the registry takes ${mostContent}`);
  return {
    Resources: {
      FindingsRegistry: {
        Type: 'AWS::EventSchemas::Registry',
        Properties: { RegistryName: prefix, Description: 'What Trailwatch publishes' },
      },
      FindingSchema: {
        Type: 'AWS::EventSchemas::Schema',
        Properties: {
          RegistryName: { 'Fn::GetAtt': ['FindingsRegistry', 'RegistryName'] },
          // The registry's own way to name an event: its source, and its detail type without spaces.
          SchemaName: 'trailwatch@TrailwatchFinding',
          Type: 'JSONSchemaDraft4',
          Description: finding.description,
          Content: content,
        },
      },
    },
  };
};

/** eventSchema describes the whole event on the bus in draft 4: EventBridge's envelope with a finding as its detail. */
function eventSchema() {
  const { $schema: _draft, $id, $defs, description: _detail, ...detail } = finding;
  const text = { type: 'string' };
  return {
    $schema: 'http://json-schema.org/draft-04/schema#',
    id: $id,
    title: finding.title,
    type: 'object',
    required: ['version', 'id', 'detail-type', 'source', 'account', 'time', 'region', 'resources', 'detail'],
    properties: {
      version: text,
      id: text,
      'detail-type': { enum: ['Trailwatch Finding'] },
      source: { enum: ['trailwatch'] },
      account: text,
      time: { type: 'string', format: 'date-time' },
      region: text,
      resources: { type: 'array', items: text },
      detail: draft4(detail),
    },
    definitions: draft4($defs),
  };
}
module.exports.eventSchema = eventSchema;

/** draft4 says in the older draft what the newer one says in other words. */
function draft4(schema) {
  if (Array.isArray(schema)) return schema.map(draft4);
  if (typeof schema !== 'object' || schema === null) return schema;
  const { const: only, $ref, ...others } = schema;
  const rest = Object.fromEntries(Object.entries(others).map(([key, value]) => [key, draft4(value)]));
  if (only !== undefined) return { ...rest, enum: [only] };
  if ($ref === undefined) return rest;
  const reference = { $ref: String($ref).replace('#/$defs/', '#/definitions/') };
  // Beside a $ref the older draft reads nothing.
  return Object.keys(rest).length === 0 ? reference : { ...rest, allOf: [reference] };
}
