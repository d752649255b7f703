import { describe, expect, test } from '@jest/globals';
import { awsCalls } from '../../src/cli/rule/aws-calls/calls.ts';
import { cisAlarms, cisRows as rows } from '../../deploy/resources/cis-alarms.ts';
import { ofType } from './checks.ts';
import { specificationProblems } from './specification.ts';
import { stageOf } from './stage-of.ts';

describe('CIS metric alarms', () => {
  test('there is one for each control of section 4 that a filter can see', () => {
    const controls = Array.from({ length: 15 }, (_one, index) => `4.${index + 1}`);
    expect(rows.map(({ control }) => control)).toEqual(controls);
  });

  test('they name only calls that AWS has', () => {
    const unknown = rows.flatMap(({ control, service = '', calls = '' }) =>
      calls
        .trim()
        .split(/\s+/)
        .filter((call) => call !== '' && !awsCalls().callsOf(service).has(call.toLowerCase()))
        .map((call) => `${control}: ${service}:${call}`),
    );
    expect(unknown).toEqual([]);
  });

  test('each is a filter that CloudWatch Logs takes, and an alarm on what it counts that rings', () => {
    const { Resources } = cisAlarms(stageOf({ cisAlarms: '/aws/cloudtrail' }));
    const topic = { AlertsTopic: { Type: 'AWS::SNS::Topic', Properties: {} } };
    expect(specificationProblems({ Resources: { ...topic, ...Resources } })).toEqual([]);
    const filters = ofType(Resources, 'AWS::Logs::MetricFilter').map(([, { Properties }]) => Properties);
    const alarms = ofType(Resources, 'AWS::CloudWatch::Alarm').map(([, { Properties }]) => Properties);
    expect([filters.length, alarms.length]).toEqual([15, 15]);
    for (const [index, { FilterPattern, LogGroupName, MetricTransformations }] of filters.entries()) {
      expect(LogGroupName).toBe('/aws/cloudtrail');
      expect(String(FilterPattern)).toMatch(/^\{ \(\$\..+\) \}$/);
      expect(String(FilterPattern).length).toBeLessThanOrEqual(1_024);
      const [metric] = MetricTransformations as readonly Record<string, unknown>[];
      expect(alarms[index]).toMatchObject({
        Namespace: metric?.['MetricNamespace'],
        MetricName: metric?.['MetricName'],
        AlarmActions: [{ Ref: 'AlertsTopic' }],
      });
    }
  });

  test('without a log group there is none', () => {
    expect(cisAlarms(stageOf())).toEqual({ Resources: {} });
  });
});
