import { isIP } from 'node:net';
import type { AuditEvent } from '../../model/audit-event.ts';
import type { Finding } from '../../model/finding.ts';
import { sqlLiteralToPaste } from '../../text/sql-literal.ts';
import { dayOf, folderOf } from '../../time/days.ts';
import { hourMs } from '../../time/duration.ts';

/** FollowUp is a query to run next, ready to paste. */
export interface FollowUp {
  readonly engine: 'Athena' | 'DuckDB';
  /** The question that it answers, for a person: `everything alice did within 1 h`. */
  readonly question: string;
  readonly sql: string;
}

/** Selects the events to look at: paths into a CloudTrail record, and the values they must have. */
interface Subject {
  readonly question: string;
  /** The accounts whose logs hold the events; empty when they are not known. */
  readonly accounts: readonly string[];
  readonly wanted: readonly (readonly [path: string, value: string])[];
}

const aroundMs = hourMs;
// CloudTrail files a record under the day of its delivery, which may be later.
const deliveryMs = 2 * hourMs;
// An ARN has at most 2,048 characters; a longer value is not an ARN, and too long for a query to paste.
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
 * followUpOf asks for everything the actor did in CloudTrail from an hour before to an hour after, or, where no AWS identity is
 * known (a host's log), for everything that came from the same address. It reads only the partitions of those days and accounts,
 * but every region: an actor in one may act in any.
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

function subjectOf({ account, actor, sourceAddress, source }: AuditEvent): Subject | undefined {
  const accounts = [...new Set([account, actor.account])].filter((id) => id !== undefined && /^\d{12}$/.test(id));
  const subject = (question: string, ...wanted: Subject['wanted']): Subject | undefined =>
    wanted.every(([, value]) => value !== '' && value.length <= maxValueChars)
      ? { question, accounts: accounts as readonly string[], wanted }
      : undefined;

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
  /** As the trail's folders spell them: `2026/03/14`. */
  readonly firstDay: string;
  readonly lastDay: string;
}

function periodOf({ event, correlated }: Finding): Period | undefined {
  const times = [event, ...correlated].map(({ time }) => Date.parse(time)).filter(Number.isFinite);
  if (times.length === 0) return undefined;
  const from = times.reduce((a, b) => Math.min(a, b)) - aroundMs;
  const to = times.reduce((a, b) => Math.max(a, b)) + aroundMs;
  // CloudTrail writes whole seconds without milliseconds, and its times are compared as text.
  const text = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;
  if (Math.abs(from) >= 8.64e15 || Math.abs(to) + deliveryMs >= 8.64e15) return undefined;
  const day = (ms: number): string => folderOf(dayOf(ms));
  return { from: text(from), to: text(to), firstDay: day(from), lastDay: day(to + deliveryMs) };
}

function athenaSql(table: string, { accounts, wanted }: Subject, { from, to, firstDay, lastDay }: Period): string {
  return [
    `SELECT ${columns.map((name) => name.toLowerCase()).join(', ')}`,
    `FROM ${table}`,
    `WHERE day BETWEEN ${sqlLiteralToPaste(firstDay)} AND ${sqlLiteralToPaste(lastDay)}`,
    ...(accounts.length > 0 ? [`  AND account IN (${accounts.map(sqlLiteralToPaste).join(', ')})`] : []),
    ...wanted.map(([path, value]) => `  AND ${path.toLowerCase()} = ${sqlLiteralToPaste(value)}`),
    `  AND eventtime BETWEEN ${sqlLiteralToPaste(from)} AND ${sqlLiteralToPaste(to)}`,
    'ORDER BY eventtime;',
  ].join('\n');
}

function duckDbSql({ accounts, wanted }: Subject, { from, to, firstDay, lastDay }: Period): string {
  const at = (path: string): string => `r->>${sqlLiteralToPaste(`$.${path}`)}`;
  const folders = accounts.map((account) => `filename LIKE ${sqlLiteralToPaste(`%/${account}/CloudTrail/%`)}`);
  return [
    `SELECT ${columns.map((name) => `${at(name)} AS ${name}`).join(',\n       ')}`,
    "FROM (SELECT unnest(Records) AS r FROM read_json('AWSLogs/**/*.json.gz', filename = true,",
    "        columns = {Records: 'JSON[]'}, maximum_object_size = 268435456)",
    // DuckDB reads only the files whose names fit.
    `      WHERE regexp_extract(filename, '\\d{4}/\\d\\d/\\d\\d') BETWEEN ${sqlLiteralToPaste(firstDay)} AND ${sqlLiteralToPaste(lastDay)}`,
    ...(folders.length > 0 ? [`        AND (${folders.join(' OR ')})`] : []),
    '     )',
    `WHERE ${wanted.map(([path, value]) => `(${at(path)}) = ${sqlLiteralToPaste(value)}`).join('\n  AND ')}`,
    `  AND (${at('eventTime')}) BETWEEN ${sqlLiteralToPaste(from)} AND ${sqlLiteralToPaste(to)}`,
    'ORDER BY eventTime;',
  ].join('\n');
}
