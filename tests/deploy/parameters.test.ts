import { describe, expect, test } from '@jest/globals';
import { checkGiven } from '../../deploy/parameters/read.ts';
import { parameterNames } from '../../deploy/parameters/table.ts';
import { parameterWarnings } from '../../deploy/parameters/warnings.ts';
import { regionsBeside } from '../../src/archive/trail/regions.ts';
import { stageOf, stageParameters } from './stage-of.ts';

const given = (name: string, value: string | number) => () => checkGiven([`${name}=${value}`], []);

describe('parameters', () => {
  test('each one of serverless.yml is checked', () => {
    const all = Object.values(stageParameters).flatMap((ofStage) => Object.keys(ofStage));
    expect([...new Set(all)].toSorted()).toEqual(parameterNames.toSorted());
  });

  test.each(
    Object.entries(stageParameters).flatMap(([stage, of]) => Object.entries(of).map((one) => [stage, ...one] as const)),
  )('%s: %s may be %s', (_stage, name, value) => {
    expect(given(name, value)).not.toThrow();
  });

  test.each([
    ['tracing', 'yes', 'expected Active or PassThrough, got "yes"'],
    ['readOnlyEvents', 'maybe', 'expected true or false, got "maybe"'],
    ['enabled', 'off', 'expected true or false, got "off"'],
    ['reservedConcurrency', '0', 'expected a whole number from 1 to 10000, or nothing, got "0"'],
    ['reservedConcurrency', 'five', 'expected a whole number from 1 to 10000, or nothing, got "five"'],
    ['queueConcurrency', '1', 'expected a whole number from 2 to 1000, got "1"'],
    ['queryCutoffGigabytes', '0', 'expected a whole number from 1 to 9999999, got "0"'],
    ['logRetentionDays', '15', 'expected one of 1, 3, 5, 7, 14, 30'],
    ['trailKeyArn', 'alias/trail', 'expected the ARN of a KMS key'],
    ['probeSchedule', '5 minutes', 'expected a schedule: rate(…) or cron(…), got "5 minutes"'],
    ['alertEmails', 'security@example.com, oncall', 'expected an e-mail address, got "oncall"'],
    ['otherAccounts', '1234', 'expected a 12-digit account ID, got "1234"'],
    ['findingsReaders', '1234', 'expected a 12-digit account ID or an organization ID (o-…), got "1234"'],
    ['logGroups', '/a b', 'expected the name of a log group, got "/a b"'],
    ['monthlyBudgetUsd', '12.50', 'expected a whole number from 1 to 9999999, or nothing, got "12.50"'],
    ['trailAccounts', '1234', 'expected a 12-digit account ID, got "1234"'],
    ['trailAccounts', '111122223333, 11112222333', 'expected a 12-digit account ID, got "11112222333"'],
    ['trailRegions', 'ireland', 'expected a region, such as eu-west-1, got "ireland"'],
    ['trailOrganization', 'ou-1', 'expected an organization ID (o-…), or nothing, got "ou-1"'],
    ['trailSince', '2024-01-01', 'expected a day, such as 2024/01/31, got "2024-01-01"'],
    ['trailSince', '2024/13/45', 'expected a day, such as 2024/01/31, got "2024/13/45"'],
    ['trailSince', '2023/02/29', 'expected a day, such as 2024/01/31, got "2023/02/29"'],
    ['trailPrefix', '/logs', 'expected the trail\'s key prefix, without a slash before it, got "/logs"'],
    ['trailPrefix', 'two logs', 'expected the trail\'s key prefix, without a slash before it, got "two logs"'],
  ])('%s=%s is refused: %s', (name, value, says) => {
    expect(given(name, value)).toThrow(`parameter ${name}: ${says}`);
  });

  test('all that is wrong is said at once, a line each', () => {
    expect(() => stageOf({ tracing: 'yes', trailSince: 'yesterday' })).toThrow(
      /^parameter trailSince: .*\nparameter tracing: .*$/,
    );
  });

  test('a slash behind the prefix is taken off', () => {
    expect(stageOf({ trailPrefix: 'audit/' }).params.trailPrefix).toBe('audit');
  });

  test.each([
    { given: { logGroups: '/aws/lambda/trailwatch-prod-deliver' } },
    // Of any stage: two that read each other go round as well.
    { given: { logGroups: '/aws/cloudtrail,/aws/lambda/trailwatch-dev-deliver' } },
    { given: { trailBucket: 'trailwatch-prod-serverlessdeploymentbucket-1x2y' } },
    { given: { eventBuses: 'security,trailwatch-prod-findings' } },
  ])("no source is Trailwatch's own: $given", ({ given: own }) => {
    const [name = ''] = Object.keys(own);
    expect(() => stageOf(own)).toThrow(new RegExp(`^parameter ${name}: .* is Trailwatch's own`));
  });

  test.each([
    {
      region: 'eu-west-1',
      holds: ['us-east-1', 'eu-central-1', 'ap-southeast-7'],
      not: ['us-gov-west-1', 'cn-north-1'],
    },
    { region: 'us-gov-west-1', holds: ['us-gov-east-1', 'us-gov-west-1'], not: ['us-east-1'] },
    { region: 'xx-new-1', holds: ['xx-new-1'], not: ['us-east-1'] },
  ])('without trailRegions the tables cover all regions beside $region', ({ region, holds, not }) => {
    const regions = regionsBeside(region);
    expect(regions).toEqual(expect.arrayContaining(holds));
    expect(regions.filter((name) => not.includes(name))).toEqual([]);
  });

  test.each([
    { groups: '/hosts/auth', warns: [] },
    {
      groups: '/aws/own',
      warns: [/^parameter logGroups: warning: no row of `logs` in config\/prod\.yml names \/aws\/own: /],
    },
  ])('a log group without a row of its own is warned of: $groups', ({ groups, warns }) => {
    expect(parameterWarnings(stageOf({ logGroups: groups }))).toEqual(warns.map((text) => expect.stringMatching(text)));
  });

  test('cold storage comes before frozen storage', () => {
    expect(() => stageOf({ archiveColdAfterDays: '90', archiveFrozenAfterDays: '60' })).toThrow(
      'parameter archiveFrozenAfterDays: expected more than 90 (archiveColdAfterDays), got 60',
    );
  });

  test.each([
    ['trailBuket=b', 'parameter trailBuket: unknown parameter; did you mean trailBucket?'],
    ['TrailBucket=b', 'parameter TrailBucket: unknown parameter; did you mean trailBucket?'],
    ['own=b', /^parameter own: unknown parameter; known are alertEmails, .*, mine, .*verifySchedule$/],
  ])('an unknown one is refused, since it would mean the default: %s', (text, says) => {
    expect(() => checkGiven(['trailBucket=abc', 'mine=1', text], ['mine'])).toThrow(says);
  });
});
