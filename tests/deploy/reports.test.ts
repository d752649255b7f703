import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { join } from 'node:path';
import { loadReports } from '../../src/report/load-reports.ts';
import { openWorkshop } from './packaged.ts';
import type { Packaged, Workshop } from './packaged.ts';

const reports = await loadReports(join(import.meta.dirname, '..', '..', 'queries'), 'queries');
const answerable = reports.filter(({ reads }) => !reads.includes('host_auth'));
let workshop: Workshop;
let stage: Packaged;

beforeAll(async () => {
  workshop = openWorkshop();
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
