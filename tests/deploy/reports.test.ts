import { beforeAll, describe, expect, test } from '@jest/globals';
import { join } from 'node:path';
import { readInvocation } from '../../src/report/stage/invocation.ts';
import { loadReports } from '../../src/report/definition/load-reports.ts';
import { bindSql } from '../../src/report/definition/sql-tokens.ts';
import { resolve } from '../support/cloudformation/intrinsics.ts';
import type { Packaged } from './packaged.ts';
import { packaged } from './stages.ts';
import { openWorkshop } from './workshop.ts';

const reports = await loadReports(join(import.meta.dirname, '..', '..', 'queries'), 'queries');
let stage: Packaged;
let withoutHosts: Packaged;
let everything: Packaged;

beforeAll(async () => {
  stage = await packaged('prod of an organization');
  withoutHosts = await packaged('dev with a trail');
  everything = await packaged('prod with every parameter');
}, 300_000);

const propertiesOf = (type: string, of = stage): readonly Readonly<Record<string, unknown>>[] =>
  Object.values(of.template.Resources)
    .filter(({ Type }) => Type === type)
    .map(({ Properties }) => Properties);
const savedQueries = (of: Packaged) => propertiesOf('AWS::Athena::NamedQuery', of);

describe('saved queries in Athena', () => {
  test('every report that the stack has tables for is one', () => {
    const namesOf = (of: Packaged) => savedQueries(of).map(({ Name }) => String(Name));
    const answerable = reports.filter(({ reads }) => !reads.includes('host_auth'));
    expect(namesOf(stage)).toEqual(reports.map(({ name }) => `trailwatch-prod-${name}`));
    expect(namesOf(withoutHosts)).toEqual(answerable.map(({ name }) => `trailwatch-dev-${name}`));
    expect(answerable.length).toBeLessThan(reports.length);
  });

  test('each has the whole SQL of its report below a head that names it, within what Athena takes', () => {
    const { Mappings: mappings = {} } = stage.template;
    const scope = { pseudo: {}, ref: (id: string) => id, attribute: () => undefined, conditions: {}, mappings };
    for (const [index, { QueryString, Description }] of savedQueries(stage).entries()) {
      const { name, sql } = reports[index] ?? { name: '', sql: '' };
      const text = String(resolve(QueryString, scope));
      expect(text).toMatch(new RegExp(`^-- trailwatch report: ${name}\n(?:-- .*\n){3}`));
      expect(text.endsWith(`\n${bindSql(sql).text}`)).toBe(true);
      expect(text.length).toBeLessThan(262_144);
      expect(String(Description).length).toBeLessThan(1024);
    }
  });

  test('no WITH query stands in the template twice', () => {
    const { Resources, Mappings = {} } = everything.template;
    const text = JSON.stringify([
      Object.values(Resources).filter(({ Type }) => Type.startsWith('AWS::Athena::')),
      Mappings,
    ]);
    const blocks = reports.flatMap(({ sql }) =>
      [...bindSql(sql).text.matchAll(/^(?:WITH )?\w+ AS \(\n((?: .*\n|\n)+)\)/gm)].map(([, block = '']) => block),
    );
    const times = [...new Set(blocks)].map((block) => text.split(JSON.stringify(block).slice(1, -1)).length - 1);
    expect(times.length).toBeGreaterThan(10);
    expect(times.filter((count) => count !== 1)).toEqual([]);
  });
});

// docs/architecture.md gives the figures that this prints:
//     npx jest tests/deploy/reports -t 'room for'
test('the template has room for many more reports: bytes and resources', () => {
  const { Resources, Outputs } = everything.template;
  const uploaded = JSON.stringify(everything.template).length;
  const ofReports = Object.entries(Resources).filter(([, { Type }]) => Type === 'AWS::Athena::NamedQuery');
  const bytesEach = ofReports.reduce((sum, entry) => sum + JSON.stringify(entry).length, 0) / ofReports.length;
  const more = {
    byBytes: Math.floor((limits.bytes - uploaded) / bytesEach),
    byResources: limits.resources - Object.keys(Resources).length,
  };
  const fit = ofReports.length + Math.min(more.byBytes, more.byResources);
  process.stderr.write(
    `${Math.round(uploaded / 1_000)} KB and ${Object.keys(Resources).length} resources with every parameter and ${ofReports.length} reports of ` +
      `${Math.round(bytesEach)} bytes; ${more.byBytes} more fit by bytes, ${more.byResources} by resources: ${fit} in all\n`,
  );
  expect(everything.templateBytes).toBeLessThan(350_000);
  expect(Object.keys(Outputs).length).toBeLessThan(200);
  expect(fit).toBeGreaterThan(150);
});

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
const limits = { bytes: 1_048_576, resources: 500 };

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
  const workshop = openWorkshop();
  try {
    workshop.write('config/dev.yml', 'reports: { principal-timeline: { schedule: weekly } }');
    await expect(workshop.package('dev', { trailBucket: 'example-trail' })).rejects.toMatchObject({
      stdout: expect.stringMatching(/^reports\.principal-timeline: principal: required parameter is missing/m),
    });
  } finally {
    workshop.remove();
  }
}, 120_000);
