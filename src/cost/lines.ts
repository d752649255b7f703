import type { PriceName } from './prices.ts';
import type { Basis } from './volumes.ts';
import { assumptions, daysAMonth, gbSecondsOf, invocationsOf } from './workload.ts';

/** Line is one line of the bill: a quantity, in units of a price. */
export interface Line {
  readonly service: string;
  readonly name: string;
  readonly price: PriceName;
  /** How many of the price's units a month has. */
  readonly quantity: (basis: Basis) => number;
  /** How the quantity comes about, for a person. */
  readonly words: (basis: Basis) => string;
  /** What lowers it; absent where nothing does but less of the same. */
  readonly lower?: string;
}

const million = 1e6;
const secondsAMonth = daysAMonth * 86_400;
const hoursAMonth = daysAMonth * 24;

const month = (perDay: number): number => perDay * daysAMonth;

/** lines is the table of all that AWS bills for a stage. */
export const lines: readonly Line[] = [
  {
    service: 'Lambda',
    name: 'requests',
    price: 'lambdaRequests',
    quantity: (basis) => invocationsOf(basis) / million,
    words: ({ switches }) =>
      `one for each ${switches.readOnlyEvents ? 'management event, including read-only ones' : 'event from EventBridge'}, each ${assumptions.logKbPerCall} kB of subscribed logs, every ${assumptions.filesPerCall} trail files, each finding, each minute, and each five minutes`,
    lower: 'readOnlyEvents=false; the trail files still contain read-only calls, some minutes later',
  },
  {
    service: 'Lambda',
    name: 'time',
    price: 'lambdaGbSeconds',
    quantity: gbSecondsOf,
    words: () => 'those calls, each with its duration and memory (--assumptions lists both)',
    lower: 'readOnlyEvents=false; fewer log groups in logGroups',
  },
  {
    service: 'SQS',
    name: 'requests',
    price: 'sqsRequests',
    // Lambda's pollers wait 20 s for a message, five of them for each queue.
    quantity: ({ volumes: v }) =>
      (3 * month(v.trailFilesPerDay + v.findingsPerDay) + assumptions.queues * 5 * (secondsAMonth / 20)) / million,
    words: () =>
      `three for each trail file and each finding (send, receive, delete), and ${assumptions.queues} queues, each polled by five pollers every 20 s`,
  },
  {
    service: 'EventBridge',
    name: 'findings',
    price: 'eventBridgeEvents',
    quantity: ({ volumes: v }) => month(v.findingsPerDay) / million,
    words: () => "one for each finding on the findings bus; AWS's own events are free",
  },
  {
    service: 'EventBridge',
    name: 'archive',
    price: 'eventBridgeArchiving',
    quantity: ({ volumes: v }) => (month(v.findingsPerDay) * assumptions.findingKb) / million,
    words: () => `${assumptions.findingKb} kB for each finding`,
  },
  {
    service: 'EventBridge',
    name: 'archive kept',
    price: 'eventBridgeArchiveStorage',
    quantity: ({ volumes: v, switches }) =>
      (v.findingsPerDay * switches.findingsArchiveDays * assumptions.findingKb) / million,
    words: ({ switches }) =>
      `${assumptions.findingKb} kB for each finding of ${switches.findingsArchiveDays} days (findingsArchiveDays)`,
    lower: 'findingsArchiveDays',
  },
  {
    service: 'DynamoDB',
    name: 'writes',
    price: 'dynamodbWrites',
    quantity: ({ volumes: v }) => month(2 * v.correlatedPerDay + 10 * v.findingsPerDay) / million,
    words: () =>
      'two units for each match that a correlation counts, ten for each finding (claimed, grouped, delivered)',
    lower: 'correlations over rules that match less often; trailwatch rule lint names those that match often',
  },
  {
    service: 'DynamoDB',
    name: 'reads',
    price: 'dynamodbReads',
    quantity: ({ volumes: v }) =>
      (month(4 * v.correlatedPerDay + 10 * v.findingsPerDay) + 10 * (secondsAMonth / 60)) / million,
    words: () =>
      'four units for each match that a correlation counts, ten for each finding, ten each minute for due notifications',
  },
  {
    service: 'SNS',
    name: 'publishes',
    price: 'snsPublishes',
    quantity: ({ volumes: v }) => month(v.notificationsPerDay) / million,
    words: () => 'one for each notification',
  },
  {
    service: 'SNS',
    name: 'mails',
    price: 'snsEmails',
    quantity: ({ volumes: v }) => (month(v.notificationsPerDay) * v.mailsPerNotification) / 100_000,
    words: ({ volumes: v }) => `each notification to ${v.mailsPerNotification} email addresses`,
  },
  {
    service: 'CloudWatch',
    name: 'logs of hosts',
    price: 'logsIngested',
    quantity: ({ volumes: v }) => month(v.hostLogGbPerDay),
    words: ({ volumes: v }) =>
      `${v.hostLogGbPerDay} GB a day that hosts and applications write to log groups; you may already pay for this`,
    lower: 'subscribe only log groups that rules read',
  },
  {
    service: 'CloudWatch',
    name: 'own logs',
    price: 'logsIngested',
    quantity: (basis) => (invocationsOf(basis) * assumptions.ownLogKbPerCall) / million,
    words: () => `${assumptions.ownLogKbPerCall} kB for each call of a function, including its metrics`,
    lower: 'readOnlyEvents=false; logLevel=WARN',
  },
  {
    service: 'CloudWatch',
    name: 'own logs kept',
    price: 'logsStored',
    quantity: (basis) =>
      ((invocationsOf(basis) / daysAMonth) *
        assumptions.ownLogKbPerCall *
        basis.switches.logRetentionDays *
        assumptions.logCompression) /
      million,
    words: ({ switches }) =>
      `own logs of ${switches.logRetentionDays} days (logRetentionDays), compressed to ${assumptions.logCompression * 100} %`,
    lower: 'logRetentionDays',
  },
  {
    service: 'CloudWatch',
    name: 'metrics',
    price: 'metrics',
    quantity: () => assumptions.metrics,
    words: () => `${assumptions.metrics} metrics of its own, by function and stage`,
  },
  {
    service: 'CloudWatch',
    name: 'alarms',
    price: 'alarms',
    quantity: ({ switches }) => assumptions.alwaysAlarms + (switches.healthAlarms ? assumptions.healthAlarms : 0),
    words: ({ switches }) =>
      `${assumptions.alwaysAlarms} on dead letters and the canary${switches.healthAlarms ? `, ${assumptions.healthAlarms} on the functions and queues (healthAlarms)` : ''}`,
    lower: 'healthAlarms=false',
  },
  {
    service: 'CloudWatch',
    name: 'composite alarm',
    price: 'compositeAlarms',
    quantity: ({ switches }) => (switches.healthAlarms ? 1 : 0),
    words: () => 'one for the health of the stage',
    lower: 'healthAlarms=false',
  },
  {
    service: 'CloudWatch',
    name: 'dashboard',
    price: 'dashboards',
    quantity: () => 1,
    words: () => 'one per stage',
  },
  {
    service: 'X-Ray',
    name: 'traces',
    price: 'traces',
    quantity: (basis) => tracesOf(basis) / million,
    words: ({ switches }) =>
      switches.tracing === 'Active'
        ? 'at most the first call of each second, and 5 % of the others (tracing)'
        : 'none: tracing is PassThrough',
    lower: 'tracing=PassThrough',
  },
  {
    service: 'S3',
    name: 'reading the trail',
    price: 's3Gets',
    // Each file once as it comes, and twice more when digests are checked.
    quantity: ({ volumes: v }) => month(v.trailFilesPerDay * 3) / 1_000,
    words: () => 'each trail file three times: on arrival, and in two daily verifications of digests',
  },
  {
    service: 'S3',
    name: 'writing',
    price: 's3Puts',
    quantity: ({ volumes: v }) => month(v.findingsPerDay > 0 ? Math.min(288, v.findingsPerDay) : 0) / 1_000,
    words: () => 'one file for each five minutes with findings',
  },
  {
    service: 'S3',
    name: 'trail kept',
    price: 's3Storage',
    quantity: ({ volumes: v }) => v.trailGbPerDay * v.trailRetentionDays,
    words: ({ volumes: v }) => `${v.trailGbPerDay} GB a day for ${v.trailRetentionDays} days; any trail costs this`,
    lower:
      'a lifecycle rule to a colder storage class on the trail bucket, or trailRetentionDays for a trail of this stack',
  },
  {
    service: 'S3',
    name: 'columnar copy kept',
    price: 's3Storage',
    quantity: ({ volumes: v, switches }) => v.trailGbPerDay * assumptions.copyShare * switches.archiveDays,
    words: ({ switches }) =>
      `half the size of the trail's files, for ${switches.archiveDays} days (archiveDays); less in colder storage classes`,
    lower: 'archiveColdAfterDays, archiveFrozenAfterDays, archiveDays',
  },
  {
    service: 'Athena',
    name: 'columnar copy',
    price: 'athenaScanned',
    quantity: ({ volumes: v }) => (month(v.trailGbPerDay) * assumptions.copyReads) / 1_000,
    words: () => `each day's trail files read ${assumptions.copyReads} times`,
  },
  {
    service: 'Athena',
    name: 'reports',
    price: 'athenaScanned',
    quantity: ({ volumes: v }) => v.scannedGbPerMonth / 1_000,
    words: ({ volumes: v }) => `${v.scannedGbPerMonth} GB scanned a month`,
    lower: 'reports over the columnar copy and over fewer days; queryCutoffGigabytes stops a query that scans more',
  },
  {
    service: 'Firehose',
    name: 'findings',
    price: 'firehoseIngested',
    quantity: ({ volumes: v }) => (month(v.findingsPerDay) * assumptions.firehoseKb) / million,
    words: () => `${assumptions.firehoseKb} kB for each finding, counted in steps of 5 kB`,
  },
  {
    service: 'Kinesis',
    name: 'stream',
    price: 'kinesisStreamHours',
    quantity: ({ switches }) => (switches.logsStream ? hoursAMonth : 0),
    words: ({ switches }) =>
      switches.logsStream
        ? 'one stream for the logs of other accounts, by the hour (logsStream)'
        : 'none: logsStream is false',
    lower: 'logsStream=false, when no other account sends logs',
  },
  {
    service: 'Kinesis',
    name: 'in',
    price: 'kinesisIn',
    quantity: ({ volumes: v, switches }) => (switches.logsStream ? month(v.sharedLogGbPerDay) : 0),
    words: () => 'logs that other accounts send',
    lower: 'filter patterns on the subscriptions of the other accounts',
  },
  {
    service: 'Kinesis',
    name: 'out',
    price: 'kinesisOut',
    quantity: ({ volumes: v, switches }) => (switches.logsStream ? month(v.sharedLogGbPerDay) : 0),
    words: () => 'the same logs, read once',
  },
  {
    service: 'KMS',
    name: 'key',
    price: 'kmsKeys',
    quantity: () => 1,
    words: () => 'the key of the alerts topic in its first year; each rotation adds a version',
  },
  {
    service: 'KMS',
    name: 'requests',
    price: 'kmsRequests',
    quantity: ({ volumes: v }) => (2 * month(v.notificationsPerDay)) / 10_000,
    words: () => 'two for each notification',
  },
  {
    service: 'Secrets Manager',
    name: 'secrets',
    price: 'secrets',
    quantity: ({ volumes: v }) => v.secrets,
    words: ({ volumes: v }) => `${v.secrets} secrets; SSM parameters (SecureString) are free`,
    lower: 'keep webhook addresses in SSM parameters',
  },
  {
    service: 'CloudTrail',
    name: 'Insights',
    price: 'insights',
    // The trail has both types: the rate of calls is of writing ones, the rate of errors of all. https://docs.aws.amazon.com/awscloudtrail/latest/userguide/insights-events-costs.html
    quantity: ({ volumes: v, switches }) =>
      switches.trailInsights ? month(v.trailEventsPerDay + v.busEventsPerDay) / 100_000 : 0,
    words: ({ switches }) =>
      switches.trailInsights
        ? 'every management event analyzed, write events twice (trailInsights)'
        : 'none: trailInsights is false; the first copy of management events is free',
    lower: 'trailInsights=false',
  },
];

/** Lambda traces the first request of each second and 5 % of the others. https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html */
function tracesOf(basis: Basis): number {
  if (basis.switches.tracing !== 'Active') return 0;
  const calls = invocationsOf(basis);
  const first = Math.min(calls, secondsAMonth);
  return first + (calls - first) * 0.05;
}
