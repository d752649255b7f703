import type { Fields, LogRecord } from '../../model/log-record.ts';
import { describe } from '../describe.ts';

/**
 * hostAuthFields gives what the table `host_auth` keeps of a record: its fields, and where and when it was read. Undefined for what is
 * no line of authentication on a host.
 */
export function hostAuthFields(record: LogRecord): Fields | undefined {
  if (record.source.product !== 'linux') return undefined;
  if (describe(record).category.kind !== 'authentication') return undefined;
  const { id, time, account, region, origin, fields } = record;
  return { ...fields, id, time, account, region, path: origin.path };
}

/** hostAuthColumns are the columns of `schemas/tables/host_auth.json`, each with the field that it holds. */
export const hostAuthColumns: Readonly<Record<string, string>> = {
  id: 'id',
  time: 'time',
  hostname: 'hostname',
  program: 'program',
  activity: 'activity',
  action: 'action',
  outcome: 'outcome',
  username: 'user',
  by_user: 'by_user',
  target_user: 'target_user',
  run_as: 'USER',
  reason: 'reason',
  src_ip: 'src_ip',
  src_port: 'src_port',
  auth_method: 'auth_method',
  command: 'COMMAND',
  invalid_user: 'invalid_user',
  message: 'message',
  account: 'account',
  region: 'region',
  path: 'path',
};

/** A line of a log is far shorter; what an attacker may write has no end. */
const longestText = 16_000;

/** hostAuthLine writes a row of the table as a line of JSON that ends itself. Values too long are cut, which an ellipsis shows. */
export function hostAuthLine(fields: Fields): string {
  const row: Record<string, string> = {};
  for (const [column, field] of Object.entries(hostAuthColumns)) {
    const value = fields[field];
    if (value === undefined || value === null) continue;
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    row[column] = text.length > longestText ? `${text.slice(0, longestText)}…` : text;
  }
  return `${JSON.stringify(row)}\n`;
}
