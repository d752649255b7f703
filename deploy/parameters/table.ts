import { flag, list, matching, oneOf, optional, parsed, whole, type Kind, type ValueOf } from './kinds.ts';

const account = matching(/^\d{12}$/, 'a 12-digit account ID');
const accountOrOrganization = matching(
  /^(?:\d{12}|o-[a-z0-9]{10,32})$/,
  'a 12-digit account ID or an organization ID (o-…)',
);
const organization = matching(/^o-[a-z0-9]{10,32}$/, 'an organization ID (o-…)');
const bucket = matching(
  /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
  'a bucket name (3 to 63 lowercase letters, digits, periods and hyphens)',
);
const eventBus = matching(/^(?:arn:[^\s,]+|[\w./-]{1,256})$/, 'the name or ARN of an event bus');
const key = matching(
  /^arn:[^:]+:kms:[^:]+:\d{12}:key\/[\w-]+$/,
  'the ARN of a KMS key (arn:aws:kms:<region>:<account>:key/…)',
);
const logGroup = matching(/^[\w./#-]{1,512}$/, 'the name of a log group');
const parameterName = matching(/^[\w./-]{1,1011}$/, 'the name of an SSM parameter');
const region = matching(/^[a-z]{2}(?:-[a-z]+)+-\d$/, 'a region, such as eu-west-1');
const schedule = matching(/^(?:rate|cron)\(.+\)$/, 'a schedule: rate(…) or cron(…)');

// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
const retentionDays = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/** parameterKinds says what each parameter of serverless.yml may be; what it is for stands there. */
export const parameterKinds = {
  enabled: flag,
  logGroups: list(logGroup),
  trailBucket: optional(bucket),
  trailKeyArn: optional(key),
  createTrail: flag,
  createTrailKey: flag,
  trailDataBuckets: list(bucket),
  trailInsights: flag,
  trailLogGroup: optional(logGroup),
  trailLockDays: optional(whole(1, 36_500)),
  trailLockMode: oneOf('GOVERNANCE', 'COMPLIANCE'),
  trailRetentionDays: optional(whole(90, 36_500)),
  trailPrefix: parsed("the trail's key prefix, without a slash before it", (text) =>
    /^(?!\/)[^\s,]{0,200}$/.test(text) ? text.replace(/\/$/, '') : undefined,
  ),
  trailOrganization: optional(organization),
  trailAccounts: list(account),
  trailRegions: list(region),
  trailSince: parsed('a day, such as 2024/01/31', (text) => (isDay(text) ? text : undefined)),
  evidenceLockDays: optional(whole(1, 36_500)),
  evidenceLockMode: oneOf('GOVERNANCE', 'COMPLIANCE'),
  queryCutoffGigabytes: whole(1, 9_999_999),
  queryResultDays: whole(1, 9_999_999),
  archiveDays: optional(whole(1, 36_500)),
  // S3 moves no object to these storage classes earlier.
  archiveColdAfterDays: optional(whole(30, 36_500)),
  archiveFrozenAfterDays: optional(whole(31, 36_500)),
  compactSchedule: schedule,
  readOnlyEvents: flag,
  eventBuses: list(eventBus),
  otherAccounts: list(account),
  logsStream: flag,
  findingsReaders: list(accountOrOrganization),
  findingsWriters: list(accountOrOrganization),
  schemaRegistry: flag,
  alertEmails: list(matching(/^[^\s@]+@[^\s@]+\.[^\s@]+$/, 'an e-mail address')),
  slackWebhookParameter: optional(parameterName),
  probeSchedule: schedule,
  verifySchedule: schedule,
  canaryMaxSeconds: whole(1, 3_600),
  dataKeyArn: optional(key),
  protectState: flag,
  tracing: oneOf('Active', 'PassThrough'),
  logLevel: oneOf('DEBUG', 'INFO', 'WARN', 'ERROR'),
  logRetentionDays: parsed(`one of ${retentionDays.join(', ')}`, (text) =>
    retentionDays.find((days) => String(days) === text),
  ),
  logsKeyArn: optional(key),
  findingsArchiveDays: whole(1, 36_500),
  // The bounds that Lambda sets for the maximum concurrency of an event source.
  queueConcurrency: whole(2, 1_000),
  reservedConcurrency: optional(whole(1, 10_000)),
  healthAlarms: flag,
  cisAlarms: optional(logGroup),
  monthlyBudgetUsd: optional(whole(1, 9_999_999)),
} as const satisfies Readonly<Record<string, Kind<unknown>>>;

/** A day as the folders of a trail are named; `new Date` takes the 31st of February for a day in March. */
function isDay(text: string): boolean {
  const day = new Date(`${text.replaceAll('/', '-')}T00:00:00Z`);
  return /^\d{4}\/\d\d\/\d\d$/.test(text) && !Number.isNaN(day.getTime()) && day.getUTCDate() === Number(text.slice(8));
}

export type ParameterName = keyof typeof parameterKinds;

/** Parameters are a stage's parameters, read and checked. */
export type Parameters = { readonly [Name in ParameterName]: ValueOf<(typeof parameterKinds)[Name]> };

export const parameterNames = Object.keys(parameterKinds) as readonly ParameterName[];
