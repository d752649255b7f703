import { describe, expect, test } from '@jest/globals';
import { join } from 'node:path';
import { readInvocation } from '../../../../src/report/stage/invocation.ts';
import { loadReports } from '../../../../src/report/definition/load-reports.ts';
import { ReportError } from '../../../../src/report/definition/report-error.ts';
import { scheduledReports } from '../../../../src/report/stage/schedule.ts';
import type { ReportSettings } from '../../../../src/report/stage/schedule.ts';

const reports = await loadReports(join(import.meta.dirname, '..', '..', '..', '..', 'queries'), 'queries');
const one = (name: string, settings: ReportSettings) => scheduledReports(reports, { [name]: settings })[0];

describe('scheduledReports', () => {
  test.each([
    { rule: 'as its page suggests', settings: {}, expression: /^cron\(\d+ 8 \? \* MON \*\)$/, period: 'last week' },
    { rule: 'daily', settings: { schedule: 'daily' }, expression: /^cron\(\d+ 8 \* \* \? \*\)$/, period: 'yesterday' },
    {
      rule: 'quarterly',
      settings: { schedule: 'quarterly' },
      expression: /^cron\(\d+ 8 1 1,4,7,10 \? \*\)$/,
      period: 'last quarter',
    },
    {
      rule: 'by EventBridge’s own words, of a period that is named',
      settings: { schedule: 'rate(6 hours)', period: '12h' },
      expression: /^rate\(6 hours\)$/,
      period: '12h',
    },
  ])('$rule', ({ settings, expression, period }) => {
    const scheduled = one('root-activity', settings);
    expect(scheduled?.expression).toMatch(expression);
    expect(scheduled?.period).toBe(period);
  });

  test('every report with a rhythm and no parameter to give can be run by itself', () => {
    const able = reports.filter(({ schedule, parameters }) => {
      return schedule !== 'on demand' && parameters.every((parameter) => parameter.default !== undefined);
    });
    const scheduled = scheduledReports(reports, Object.fromEntries(able.map(({ name }) => [name, {}])));
    expect(scheduled).toHaveLength(able.length);
    expect(able.length).toBeGreaterThan(30);
  });

  test('off is none', () => {
    expect(scheduledReports(reports, { 'root-activity': 'off' })).toEqual([]);
  });

  test('all that can’t work is told at once', () => {
    const wrong = {
      'root-activty': {},
      'principal-timeline': { schedule: 'weekly' },
      deletions: { schedule: 'sometimes' },
      'root-activity': { period: 'last moon' },
      'access-keys-unused': { parameters: { days: 'many' } },
      'denied-calls': { region: 'Mars' },
      'address-timeline': { parameters: { address: '198.51.100.7' } },
    };
    const tried = (): unknown => scheduledReports(reports, wrong);
    expect(tried).toThrow(ReportError);
    for (const says of [
      /reports\.root-activty: "root-activty": unknown report/,
      /reports\.principal-timeline: principal: required parameter is missing/,
      /reports\.deletions: unknown schedule "sometimes"/,
      /reports\.root-activity: --period "last moon": not a period or date/,
      /reports\.access-keys-unused: days: expected a whole number from 0 up, got "many"/,
      /reports\.denied-calls: region: expected a region such as eu-west-1, got "Mars"/,
      /reports\.address-timeline: unknown schedule "on demand"/,
    ]) {
      expect(tried).toThrow(says);
    }
  });
});

describe('readInvocation', () => {
  const now = new Date('2026-04-10T12:00:00Z');

  test('a period counts from the schedule’s own time, however late it comes', () => {
    const { prepared, by } = readInvocation(
      { report: 'deletions', period: 'last month', id: 'e1', time: '2026-03-02T08:00:00Z' },
      reports,
      now,
    );
    expect(prepared.period).toEqual({ from: '2026-02-01T00:00:00Z', to: '2026-03-01T00:00:00Z' });
    expect(by).toBe('the schedule, event e1');
  });

  test('without any, it is the period that the report suggests: a bucket is never read from its beginning', () => {
    const { prepared } = readInvocation({ report: 'deletions' }, reports, now);
    expect(prepared.period.from > '2025').toBe(true);
  });

  test.each([
    { rule: 'to alone', event: { report: 'deletions', to: '2026-03-01' }, says: /to requires from/ },
    { rule: 'both', event: { report: 'deletions', period: '1d', from: '2026-03-01' }, says: /exclude each other/ },
    { rule: 'a list', event: [], says: /the event|report/ },
    {
      rule: 'a parameter that is no value',
      event: { report: 'access-keys-unused', parameters: { days: { $gt: 1 } } },
      says: /parameters\.days/,
    },
    { rule: 'a time that is none', event: { report: 'deletions', time: 'now' }, says: /time/ },
  ])('$rule is refused', ({ event, says }) => {
    expect(() => readInvocation(event, reports, now)).toThrow(says);
  });
});
