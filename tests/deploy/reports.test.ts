import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { join } from 'node:path';
import { readInvocation } from '../../src/report/stage/invocation.ts';
import { loadReports } from '../../src/report/definition/load-reports.ts';
import { openWorkshop } from './packaged.ts';
import type { Packaged, Workshop } from './packaged.ts';

const reports = await loadReports(join(import.meta.dirname, '..', '..', 'queries'), 'queries');
const answerable = reports.filter(({ reads }) => !reads.includes('host_auth'));
let workshop: Workshop;
let stage: Packaged;

beforeAll(async () => {
  workshop = openWorkshop();
  workshop.write(
    'config/prod.yml',
    'reports: { root-activity: {}, principal-timeline: { schedule: daily, parameters: { principal: "o\'neil" } } }',
  );
  stage = await workshop.package('prod', { trailBucket: 'example-trail', trailRegions: 'eu-west-1' });
}, 120_000);
afterAll(() => workshop.remove());

const propertiesOf = (type: string): readonly Readonly<Record<string, unknown>>[] =>
  Object.values(stage.template.Resources)
    .filter(({ Type }) => Type === type)
    .map(({ Properties }) => Properties);

test('every report that the stack has tables for is a named query', () => {
  const names = propertiesOf('AWS::Athena::NamedQuery').map(({ Name }) => String(Name));
  expect(names.toSorted()).toEqual(answerable.map(({ name }) => `trailwatch-prod-${name}`).toSorted());
});

test('and a prepared statement, by a name that Athena takes', () => {
  const statements = propertiesOf('AWS::Athena::PreparedStatement');
  expect(statements).toHaveLength(answerable.length);
  for (const { StatementName, QueryStatement, Description } of statements) {
    expect(StatementName).toMatch(/^[a-zA-Z_][a-zA-Z0-9_@:]{1,256}$/);
    expect(QueryStatement).not.toMatch(/[ (]:[a-z]/);
    expect(String(QueryStatement).length).toBeLessThan(262_144);
    expect(String(Description).length).toBeLessThan(1024);
  }
});

test('the template stays within what CloudFormation takes', () => {
  expect(stage.templateBytes).toBeLessThan(900_000);
  expect(Object.keys(stage.template.Resources).length).toBeLessThan(500);
});

test('reports that the configuration names run by themselves, each with its own rule, question and time', () => {
  const rules = propertiesOf('AWS::Events::Rule').filter(({ Name }) =>
    String(Name).startsWith('trailwatch-prod-report-'),
  );
  expect(rules.map(({ Name }) => Name)).toEqual([
    'trailwatch-prod-report-root-activity',
    'trailwatch-prod-report-principal-timeline',
  ]);
  const [weekly, daily] = rules;
  expect(weekly?.['ScheduleExpression']).toMatch(/^cron\(\d+ 8 \? \* MON \*\)$/);
  const [target] = (daily?.['Targets'] ?? []) as readonly {
    readonly InputTransformer: { readonly InputTemplate: string };
  }[];
  // What EventBridge puts in the place of <id> and <time> comes with its quotes.
  const event = JSON.parse(
    (target?.InputTransformer.InputTemplate ?? '').replace('<id>', '"e1"').replace('<time>', '"2026-03-12T08:00:00Z"'),
  ) as unknown;
  const { prepared, time } = readInvocation(event, reports, new Date(0));
  expect(prepared.parameters).toEqual({ principal: "o'neil" });
  expect(prepared.period).toEqual({ from: '2026-03-11T00:00:00Z', to: '2026-03-12T00:00:00Z' });
  expect(time).toBe('2026-03-12T08:00:00.000Z');
});

test('the function files evidence, and can neither read nor delete any', () => {
  interface Policy {
    readonly PolicyDocument: {
      readonly Statement: readonly { readonly Action: unknown; readonly Resource: unknown }[];
    };
  }
  const [policy] = (stage.template.Resources['ReportRole']?.Properties['Policies'] ?? []) as readonly Policy[];
  const statements = policy?.PolicyDocument.Statement ?? [];
  const touching = statements.filter(({ Resource }) => JSON.stringify(Resource).includes('/evidence/'));
  expect(touching.map(({ Action }) => Action)).toEqual(['s3:PutObject']);
});

test('a report that can’t run by itself stops the deployment', async () => {
  workshop.write('config/dev.yml', 'reports: { principal-timeline: { schedule: weekly } }');
  const packaging = workshop.package('dev', { trailBucket: 'example-trail', trailRegions: 'eu-west-1' });
  await expect(packaging).rejects.toMatchObject({
    stdout: expect.stringMatching(/reports\.principal-timeline: principal: this report needs it/),
  });
}, 120_000);
