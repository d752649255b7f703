// What each parameter of a stage may be, so that a slip is told before anything is built, and not by CloudFormation half an hour
// later. stageOf checks what a file of resources asks for; parameter-check.cjs what serverless.yml uses itself.
const account = matching(/^\d{12}$/, 'no account id of twelve digits');
const organization = matching(/^o-[a-z0-9]{10,32}$/, "no organization's id (o-…)");
const bucket = matching(
  /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
  "no bucket's name: small letters, digits, hyphens, 3 to 63 of them",
);
const key = matching(
  /^arn:[^:]+:kms:[^:]+:\d{12}:key\/[\w-]+$/,
  "no KMS key's ARN (arn:aws:kms:<region>:<account>:key/…)",
);
const logGroup = matching(/^[\w./#-]{1,512}$/, "no log group's name");
const parameterName = matching(/^[\w./-]{1,1011}$/, "no SSM parameter's name");
const schedule = matching(/^(?:rate|cron)\(.+\)$/, 'no schedule: rate(…) or cron(…)');

const parameters = {
  enabled: oneOf('true', 'false'),
  logGroups: listed(logGroup),
  trailBucket: optional(bucket),
  trailKeyArn: optional(key),
  createTrail: oneOf('true', 'false'),
  createTrailKey: oneOf('true', 'false'),
  trailLogGroup: optional(logGroup),
  trailDataBuckets: listed(bucket),
  trailInsights: oneOf('true', 'false'),
  trailLockDays: optional(whole(1, 36_500)),
  trailLockMode: oneOf('GOVERNANCE', 'COMPLIANCE'),
  trailRetentionDays: optional(whole(90, 36_500)),
  archiveDays: optional(whole(1, 36_500)),
  // S3 moves nothing to these classes before.
  archiveColdAfterDays: optional(whole(30, 36_500)),
  archiveFrozenAfterDays: optional(whole(31, 36_500)),
  compactSchedule: schedule,
  queryCutoffGigabytes: whole(1, 9_999_999),
  queryResultDays: whole(1, 9_999_999),
  readOnlyEvents: oneOf('true', 'false'),
  otherAccounts: listed(account),
  logsStream: oneOf('true', 'false'),
  findingsReaders: listed(either(account, organization)),
  findingsWriters: listed(either(account, organization)),
  schemaRegistry: oneOf('true', 'false'),
  alertEmails: listed(matching(/^[^\s@]+@[^\s@]+\.[^\s@]+$/, 'no e-mail address')),
  slackWebhookParameter: optional(parameterName),
  probeSchedule: schedule,
  verifySchedule: schedule,
  canaryMaxSeconds: whole(1, 3_600),
  tracing: oneOf('Active', 'PassThrough'),
  logLevel: oneOf('DEBUG', 'INFO', 'WARN', 'ERROR'),
  // The days that CloudWatch Logs knows.
  // https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
  logRetentionDays: oneOf(
    ...[1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653].map(
      String,
    ),
  ),
  logsKeyArn: optional(key),
  findingsArchiveDays: whole(1, 36_500),
  // What AWS takes for a queue's function.
  queueConcurrency: whole(2, 1_000),
  reservedConcurrency: optional(whole(1, 10_000)),
  healthAlarms: oneOf('true', 'false'),
  cisAlarms: optional(logGroup),
  monthlyBudgetUsd: optional(whole(1, 9_999_999)),
};

exports.parameters = parameters;

/** checkParameter throws when a value means nothing; of a parameter that isn't listed here, its user knows what it may be. */
exports.checkParameter = function checkParameter(name, value) {
  const problem = parameters[name]?.(String(value ?? ''));
  if (problem !== undefined) throw new Error(`parameter ${name}: ${problem}`);
};

/** refuseUnknown throws for what was given by `--param` under a name that nothing reads: it must not mean the default. */
exports.refuseUnknown = function refuseUnknown(given, known) {
  for (const name of given.map((text) => String(text).split('=', 1)[0])) {
    if (!known.includes(name)) {
      throw new Error(`parameter ${name}: nothing reads it; there are ${known.toSorted().join(', ')}`);
    }
  }
};

function oneOf(...choices) {
  return (value) => (choices.includes(value) ? undefined : `"${value}" is not one of ${choices.join(', ')}`);
}

function whole(least, most) {
  return (value) => {
    if (/^\d{1,9}$/.test(value) && Number(value) >= least && Number(value) <= most) return undefined;
    return `"${value}" is not a whole number from ${least} to ${most}`;
  };
}

function matching(pattern, wrong) {
  return (value) => (pattern.test(value) ? undefined : `"${value}" is ${wrong}`);
}

function either(...checks) {
  return (value) => {
    const problems = checks.map((check) => check(value));
    return problems.includes(undefined) ? undefined : problems.join('; ');
  };
}

function optional(check) {
  return (value) => (value === '' ? undefined : check(value));
}

function listed(check) {
  return (value) => {
    const parts = value.split(',').map((part) => part.trim());
    return parts
      .filter((part) => part !== '')
      .map(check)
      .find((problem) => problem !== undefined);
  };
}
