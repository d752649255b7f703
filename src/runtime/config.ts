import * as v from 'valibot';

/** ConfigError says which environment variables are wrong and what to set instead. */
class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

const text = v.pipe(v.string(), v.trim(), v.minLength(1));
const levels = ['DEBUG', 'INFO', 'WARN', 'ERROR'] as const;

/** Every setting is a row: its variable, its check, its value when unset (none: it must be set), and what to set it to. */
const settings = {
  stage: { variable: 'TRAILWATCH_STAGE', schema: text, hint: 'the deployed stage, e.g. dev' },
  findingsBus: {
    variable: 'TRAILWATCH_FINDINGS_BUS',
    schema: text,
    hint: 'the name or ARN of the event bus that findings are published on',
  },
  stateTable: {
    variable: 'TRAILWATCH_STATE_TABLE',
    schema: text,
    hint: 'the name of the DynamoDB table for correlation windows and sent notifications',
  },
  alertsTopic: {
    variable: 'TRAILWATCH_ALERTS_TOPIC',
    schema: v.pipe(v.string(), v.regex(/^arn:[^:]+:sns:[^:]+:\d{12}:[^:]+$/)),
    hint: 'the ARN of the SNS topic that alerts are sent to, arn:aws:sns:<region>:<account>:<name>',
  },
  slackWebhookParameter: {
    variable: 'TRAILWATCH_SLACK_WEBHOOK_PARAMETER',
    schema: v.pipe(v.string(), v.regex(/^[\w./-]*$/)),
    unset: '',
    hint: 'the name of the SSM parameter that holds the Slack webhook address, e.g. /trailwatch/dev/slack; empty: no Slack',
  },
  deliverDeadLetters: {
    variable: 'TRAILWATCH_DELIVER_DEAD_LETTERS',
    schema: v.pipe(v.string(), v.regex(/^https?:\/\/[^\s?#]+$/)),
    hint: 'the address of the queue for findings that a receiver does not take',
  },
  trailBucket: {
    variable: 'TRAILWATCH_TRAIL_BUCKET',
    schema: v.string(),
    unset: '',
    hint: "the name of the trail's bucket; empty: none, and nothing to verify",
  },
  trailFolder: {
    variable: 'TRAILWATCH_TRAIL_FOLDER',
    schema: v.string(),
    unset: '',
    hint: "the trail's key prefix in its bucket; empty: none",
  },
  workGroup: {
    variable: 'TRAILWATCH_WORK_GROUP',
    schema: text,
    hint: 'the name of the Athena work group that asks the archive',
  },
  database: {
    variable: 'TRAILWATCH_DATABASE',
    schema: text,
    hint: "the name of the Glue database with the archive's tables",
  },
  archiveDays: {
    variable: 'TRAILWATCH_ARCHIVE_DAYS',
    schema: v.pipe(v.string(), v.regex(/^(?:|[1-9]\d{0,4})$/)),
    unset: '',
    hint: 'how many days of events the columnar copy keeps; empty: all',
  },
  evidenceBucket: {
    variable: 'TRAILWATCH_EVIDENCE_BUCKET',
    schema: text,
    hint: 'the name of the bucket that evidence is kept in, under evidence/',
  },
  region: {
    variable: 'AWS_REGION',
    schema: text,
    hint: 'the region, as Lambda sets it',
  },
  hostAuthStream: {
    variable: 'TRAILWATCH_HOST_AUTH_STREAM',
    schema: v.string(),
    unset: '',
    hint: 'the name of the Firehose stream of the host_auth table; empty: none, and nothing is written',
  },
  deliveriesStream: {
    variable: 'TRAILWATCH_DELIVERIES_STREAM',
    schema: v.string(),
    unset: '',
    hint: 'the name of the Firehose stream of the deliveries table; empty: none, and nothing is written',
  },
  tracing: {
    variable: 'TRAILWATCH_TRACING',
    schema: v.picklist(['Active', 'PassThrough']),
    unset: 'PassThrough',
    hint: "Active or PassThrough, as the function's own tracing mode",
  },
  logLevel: {
    variable: 'TRAILWATCH_LOG_LEVEL',
    schema: v.picklist(levels),
    unset: 'INFO',
    hint: `one of ${levels.join(', ')}`,
  },
} as const satisfies Record<string, Setting>;

interface Setting {
  readonly variable: `TRAILWATCH_${string}` | 'AWS_REGION';
  readonly schema: v.GenericSchema<string, string>;
  readonly unset?: string;
  readonly hint: string;
}

type SettingName = keyof typeof settings;
type Values = { readonly [K in SettingName]: v.InferOutput<(typeof settings)[K]['schema']> };

/** Config is the part of the settings that a function asked for. */
export type Config<K extends SettingName> = Pick<Values, K>;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * readConfig takes the wanted settings from the environment and throws one ConfigError for all that is wrong with it,
 * also for a `TRAILWATCH_` variable that doesn't exist: a misspelled name must not mean the default.
 */
export function readConfig<K extends SettingName>(
  wanted: readonly K[],
  environment: Environment = process.env,
): Config<K> {
  const known: ReadonlySet<string> = new Set(Object.values(settings).map((setting) => setting.variable));
  const problems = Object.keys(environment)
    .filter((name) => name.startsWith('TRAILWATCH_') && !known.has(name))
    .map((name) => `${name} is not a setting of Trailwatch: known are ${[...known].join(', ')}`);

  const values = wanted.map((name) => {
    const setting: Setting = settings[name];
    const given = environment[setting.variable];
    const value = given ?? setting.unset;
    if (value === undefined) {
      problems.push(`${setting.variable} is not set: set it to ${setting.hint}`);
      return [name, ''];
    }
    const checked = v.safeParse(setting.schema, value);
    // The value itself stays out of the message: people paste secrets into the wrong variable.
    if (!checked.success) problems.push(`${setting.variable} has an unusable value: set it to ${setting.hint}`);
    return [name, checked.success ? checked.output : ''];
  });

  if (problems.length > 0) throw new ConfigError(`environment: ${problems.join('; ')}`);
  return Object.fromEntries(values) as Config<K>;
}

/** traceHeader is the X-Ray header of the running invocation, which Lambda's runtime renews in the environment each time. */
export function traceHeader(): string | undefined {
  return process.env['_X_AMZN_TRACE_ID'];
}
