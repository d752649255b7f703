import { packageStage, type Packaged, type Wanted } from './packaged.ts';

/** What serverless.yml can be given; `prod with every parameter` has all of it. */
const everything = {
  trailBucket: 'example-trail',
  trailKeyArn: 'arn:aws:kms:eu-west-1:111122223333:key/0f0e0d0c-0b0a-4900-8800-070605040302',
  logGroups: '/aws/cloudtrail, /hosts/auth',
  alertEmails: 'security@example.com',
  slackWebhookParameter: '/trailwatch/prod/slack',
  readOnlyEvents: 'true',
  eventBuses: 'security',
  otherAccounts: '444455556666, 555566667777',
  logsStream: 'true',
  createTrail: 'true',
  trailDataBuckets: 'example-payroll',
  trailInsights: 'true',
  trailLogGroup: '/aws/cloudtrail',
  trailLockDays: '365',
  trailRetentionDays: '3650',
  findingsReaders: 'o-a1b2c3d4e5, 444455556666',
  findingsWriters: 'o-a1b2c3d4e5, 444455556666',
  logsKeyArn: 'arn:aws:kms:eu-west-1:111122223333:key/0f0e0d0c-0b0a-4900-8800-070605040302',
  cisAlarms: '/aws/cloudtrail',
  monthlyBudgetUsd: '50',
  reservedConcurrency: '20',
  evidenceLockDays: '3650',
  protectState: 'true',
};

// An address that is refused, so that a probe asks nothing from here. What is probed stands in the configuration, not in a parameter.
const probing = 'probes: { endpoints: [{ name: shop, url: http://169.254.169.254/ }] }\n';
const reporting =
  'reports: { root-activity: {}, principal-timeline: { schedule: daily, parameters: { principal: "o\'neil" } } }\n';

/** The stages that suites look at: each is packaged once, by the first suite that asks for it. */
const stages = {
  dev: { stage: 'dev', templateOnly: true },
  staging: { stage: 'staging', templateOnly: true },
  prod: { stage: 'prod', files: { 'config/prod.yml': probing } },
  'prod with every parameter': {
    stage: 'prod',
    parameters: everything,
    files: { 'config/prod.yml': probing + reporting },
    templateOnly: true,
  },
  'dev with a trail': { stage: 'dev', parameters: { trailBucket: 'example-trail' }, templateOnly: true },
  'prod of an organization': {
    stage: 'prod',
    parameters: {
      trailBucket: 'example-trail',
      trailPrefix: 'audit',
      trailOrganization: 'o-a1b2c3d4e5',
      trailAccounts: '444455556666, 111122223333',
      trailRegions: 'us-east-1,eu-west-1',
      logGroups: '/hosts/auth',
    },
    files: { 'config/prod.yml': reporting },
    templateOnly: true,
  },
  'dev to be examined': {
    stage: 'dev',
    parameters: {
      trailBucket: 'example-trail',
      logGroups: '/hosts/auth,/hosts/messages',
      slackWebhookParameter: '/trailwatch/dev/slack',
      alertEmails: 'security@example.com',
    },
    templateOnly: true,
  },
} as const satisfies Readonly<Record<string, Wanted>>;

export type StageName = keyof typeof stages;

/** packaged gives one of the stages above. */
export async function packaged(name: StageName): Promise<Packaged> {
  return packageStage(stages[name]);
}
