import { isIP } from 'node:net';
import type { AuditEvent } from '../model/audit-event.ts';
import type { Finding } from '../model/finding.ts';
import { sqlText } from './sql-text.ts';

/** FollowUp is a query to run next, ready to paste. */
export interface FollowUp {
  readonly engine: 'Athena' | 'DuckDB';
  /** What it asks, for a person: `everything alice did within 1 h`. */
  readonly question: string;
  readonly sql: string;
}

/** What singles out the events to look at: paths into a CloudTrail record and the values they must have. */
interface Subject {
  readonly question: string;
  readonly wanted: readonly (readonly [path: string, value: string])[];
}

const aroundMs = 3_600_000;
// An ARN is at most 2,048 characters; a longer value is none, and no query to paste.
const maxValueChars = 2048;

const columns = [
  'eventTime',
  'awsRegion',
  'eventSource',
  'eventName',
  'sourceIPAddress',
  'errorCode',
  'requestParameters',
];

/**
 * followUpOf asks for everything the actor did in CloudTrail from an hour before to an hour after, or, where no AWS
 * identity is known (a host's log), for everything that came from the same address.
 */
export function followUpOf(finding: Finding, athenaTable: string): readonly FollowUp[] {
  const subject = subjectOf(finding.event);
  const period = periodOf(finding);
  if (subject === undefined || period === undefined) return [];
  return [
    { engine: 'Athena', question: subject.question, sql: athenaSql(athenaTable, subject, period) },
    { engine: 'DuckDB', question: subject.question, sql: duckDbSql(subject, period) },
  ];
}

function subjectOf({ actor, sourceAddress, source }: AuditEvent): Subject | undefined {
  const subject = (question: string, ...wanted: Subject['wanted']): Subject | undefined =>
    wanted.every(([, value]) => value !== '' && value.length <= maxValueChars) ? { question, wanted } : undefined;

  if (source.product === 'aws') {
    if (actor.kind === 'root' && actor.account !== undefined) {
      return subject(
        'everything root did within an hour',
        ['userIdentity.type', 'Root'],
        ['userIdentity.accountId', actor.account],
      );
    }
    if (actor.arn !== undefined) {
      return subject('everything this actor did within an hour', ['userIdentity.arn', actor.arn]);
    }
    if (actor.accessKeyId !== undefined) {
      return subject('everything done with this access key within an hour', [
        'userIdentity.accessKeyId',
        actor.accessKeyId,
      ]);
    }
  }
  if (sourceAddress !== undefined && isIP(sourceAddress) !== 0) {
    return subject('everything from this address in CloudTrail within an hour', ['sourceIPAddress', sourceAddress]);
  }
  return undefined;
}

interface Period {
  readonly from: string;
  readonly to: string;
}

function periodOf({ event, correlated }: Finding): Period | undefined {
  const times = [event, ...correlated].map(({ time }) => Date.parse(time)).filter(Number.isFinite);
  if (times.length === 0) return undefined;
  const from = times.reduce((a, b) => Math.min(a, b)) - aroundMs;
  const to = times.reduce((a, b) => Math.max(a, b)) + aroundMs;
  // CloudTrail writes whole seconds without milliseconds, and its times are compared as text.
  const text = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;
  return Math.abs(from) < 8.64e15 && Math.abs(to) < 8.64e15 ? { from: text(from), to: text(to) } : undefined;
}

function athenaSql(table: string, { wanted }: Subject, { from, to }: Period): string {
  return [
    `SELECT ${columns.map((name) => name.toLowerCase()).join(', ')}`,
    `FROM ${table}`,
    `WHERE ${wanted.map(([path, value]) => `${path.toLowerCase()} = ${sqlText(value)}`).join('\n  AND ')}`,
    `  AND eventtime BETWEEN ${sqlText(from)} AND ${sqlText(to)}`,
    'ORDER BY eventtime;',
  ].join('\n');
}

function duckDbSql({ wanted }: Subject, { from, to }: Period): string {
  const at = (path: string): string => `r->>${sqlText(`$.${path}`)}`;
  return [
    `SELECT ${columns.map((name) => `${at(name)} AS ${name}`).join(',\n       ')}`,
    "FROM (SELECT unnest(Records) AS r FROM read_json('AWSLogs/**/*.json.gz',",
    "        columns = {Records: 'JSON[]'}, maximum_object_size = 268435456))",
    `WHERE ${wanted.map(([path, value]) => `(${at(path)}) = ${sqlText(value)}`).join('\n  AND ')}`,
    `  AND (${at('eventTime')}) BETWEEN ${sqlText(from)} AND ${sqlText(to)}`,
    'ORDER BY eventTime;',
  ].join('\n');
}
