import { describe, expect, test } from '@jest/globals';
import { requireOfDeploy, resourcesOf, stageParameters } from './resource-file.ts';

const { checkParameter, parameters, refuseUnknown } = requireOfDeploy('./resources/parameters.cjs') as {
  readonly checkParameter: (name: string, value: unknown) => void;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly refuseUnknown: (given: readonly string[], known: readonly string[]) => void;
};
/** Free text, or checked by the files that know what it means. */
const checkedElsewhere = new Set([
  'eventBuses',
  'trailAccounts',
  'trailOrganization',
  'trailPrefix',
  'trailRegions',
  'trailSince',
]);

describe('parameters', () => {
  test('each one of serverless.yml is checked', () => {
    const all = Object.values(stageParameters).flatMap((ofStage) => Object.keys(ofStage));
    expect(all.filter((name) => !(name in parameters) && !checkedElsewhere.has(name))).toEqual([]);
    expect(Object.keys(parameters).filter((name) => !all.includes(name))).toEqual([]);
  });

  test.each(
    Object.entries(stageParameters).flatMap(([stage, of]) => Object.entries(of).map((one) => [stage, ...one] as const)),
  )('%s: %s may be %s', (_stage, name, value) => {
    expect(() => checkParameter(name, value)).not.toThrow();
  });

  test.each([
    ['tracing', 'yes', '"yes" is not one of Active, PassThrough'],
    ['readOnlyEvents', 'maybe', '"maybe" is not one of true, false'],
    ['enabled', 'off', '"off" is not one of true, false'],
    ['reservedConcurrency', '0', '"0" is not a whole number from 1 to 10000'],
    ['reservedConcurrency', 'five', '"five" is not a whole number from 1 to 10000'],
    ['queueConcurrency', '1', '"1" is not a whole number from 2 to 1000'],
    ['logRetentionDays', '15', '"15" is not one of 1, 3, 5, 7, 14, 30'],
    ['trailKeyArn', 'alias/trail', `"alias/trail" is no KMS key's ARN`],
    ['probeSchedule', '5 minutes', '"5 minutes" is no schedule: rate(…) or cron(…)'],
    ['alertEmails', 'security@example.com, oncall', '"oncall" is no e-mail address'],
    ['otherAccounts', '1234', '"1234" is no account id of twelve digits'],
    ['findingsReaders', '1234', `"1234" is no account id of twelve digits; "1234" is no organization's id (o-…)`],
    ['logGroups', '/a b', `"/a b" is no log group's name`],
    ['monthlyBudgetUsd', '12.50', '"12.50" is not a whole number from 1 to 9999999'],
  ])('%s=%s is refused: %s', (name, value, says) => {
    expect(() => checkParameter(name, value)).toThrow(`parameter ${name}: ${says}`);
  });

  test.each([
    { logGroups: '/aws/lambda/trailwatch-prod-deliver' },
    // Of any stage: two that read each other go round as well.
    { logGroups: '/aws/cloudtrail,/aws/lambda/trailwatch-dev-deliver' },
    { trailBucket: 'trailwatch-prod-serverlessdeploymentbucket-1x2y' },
    { eventBuses: 'security,trailwatch-prod-findings' },
  ])("no source is Trailwatch's own: %p", async (given) => {
    const [name = ''] = Object.keys(given);
    await expect(resourcesOf('sources.cjs', given as Readonly<Record<string, string>>)).rejects.toThrow(
      new RegExp(`^parameter ${name}: .* is Trailwatch's own`),
    );
  });

  test('one that nothing reads is refused, since it would mean the default', () => {
    expect(() => refuseUnknown(['trailBucket=a', 'trailBuket=b'], ['trailBucket', 'enabled'])).toThrow(
      'parameter trailBuket: nothing reads it; there are enabled, trailBucket',
    );
  });
});
