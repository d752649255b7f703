import finding from '../../schemas/finding.schema.json' with { type: 'json' };
import { attribute, type Part } from '../cloudformation.ts';
import type { Stage } from '../stage.ts';

/** The characters that the registry takes. https://docs.aws.amazon.com/eventbridge/latest/schema-reference/v1-registries-name-registryname-schemas-name-schemaname.html */
const mostContent = 100_000;

/**
 * findingsSchema publishes the contract of a finding in EventBridge's schema registry, where subscribers look for it and generate
 * code from it. The registry knows draft 4 of JSON Schema; schemas/finding.schema.json is written in a newer draft.
 */
export function findingsSchema({ prefix, params }: Stage): Part {
  if (!params.schemaRegistry) return { Resources: {} };
  const content = JSON.stringify(eventSchema());
  if (content.length > mostContent) {
    throw new Error(`schema of a finding: expected at most ${mostContent} characters, got ${content.length}`);
  }
  return {
    Resources: {
      FindingsRegistry: {
        Type: 'AWS::EventSchemas::Registry',
        Properties: { RegistryName: prefix, Description: 'Events that Trailwatch publishes' },
      },
      FindingSchema: {
        Type: 'AWS::EventSchemas::Schema',
        Properties: {
          RegistryName: attribute('FindingsRegistry', 'RegistryName'),
          // The registry names an event by its source and its detail type without spaces.
          SchemaName: 'trailwatch@TrailwatchFinding',
          Type: 'JSONSchemaDraft4',
          Description: finding.description,
          Content: content,
        },
      },
    },
  };
}

/** eventSchema describes the whole event on the bus in draft 4: EventBridge's envelope with a finding as its detail. */
export function eventSchema(): Readonly<Record<string, unknown>> {
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

/** draft4 rewrites the keywords that the older draft lacks. */
function draft4(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(draft4);
  if (typeof schema !== 'object' || schema === null) return schema;
  const { const: only, $ref, ...others } = schema as Readonly<Record<string, unknown>>;
  const rest = Object.fromEntries(Object.entries(others).map(([key, value]) => [key, draft4(value)]));
  if (only !== undefined) return { ...rest, enum: [only] };
  if (typeof $ref !== 'string') return rest;
  const reference = { $ref: $ref.replace('#/$defs/', '#/definitions/') };
  // The older draft ignores keywords beside a $ref.
  return Object.keys(rest).length === 0 ? reference : { ...rest, allOf: [reference] };
}
