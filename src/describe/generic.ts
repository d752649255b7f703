import type { Actor, Outcome } from '../model/audit-event.ts';
import type { Fields, LogRecord } from '../model/log-record.ts';
import type { Description } from './description.ts';
import { accountOf, at, defined, textAt } from './read.ts';
import { serviceOf } from './service.ts';

/** Names that many sources give the same thing, the most usual first. */
const names = {
  service: ['eventSource', 'service', 'program', 'source', 'event_source', 'logger'],
  action: ['eventName', 'action', 'event_name', 'detail-type', 'type'],
  user: ['user', 'userName', 'username', 'user_name', 'principal', 'actor'],
  address: ['sourceIPAddress', 'src_ip', 'source_ip', 'clientIp', 'client_ip', 'ip', 'srcaddr'],
  userAgent: ['userAgent', 'user_agent'],
  host: ['hostname', 'host'],
  account: ['account', 'accountId', 'account_id', 'recipientAccountId'],
  region: ['region', 'awsRegion'],
} as const;

/** describeGeneric makes what can be made of a source that no describer knows. */
export function describeGeneric(record: LogRecord): Description {
  const { fields, source } = record;
  const host = first(fields, names.host);
  const container = textAt(fields, 'container');
  const component = textAt(fields, 'component');
  const accounts = names.account.map((name) => accountOf(at(fields, name)));
  return {
    category: { kind: 'other' },
    ...defined({
      account: accounts.find((account) => account !== undefined) ?? accountOf(record.account),
      region: first(fields, names.region) ?? record.region,
    }),
    service: serviceOf(first(fields, names.service)) ?? source.services[0] ?? source.category ?? source.product,
    action: first(fields, names.action) ?? (at(fields, 'message') === undefined ? 'unknown' : 'log line'),
    actor: actorOf(first(fields, names.user)),
    ...defined({ sourceAddress: first(fields, names.address), userAgent: first(fields, names.userAgent) }),
    targets: [
      ...(host === undefined ? [] : [{ kind: 'host', id: host }]),
      ...(container === undefined ? [] : [{ kind: 'container', id: container }]),
      ...(component === undefined ? [] : [{ kind: 'component', id: component }]),
    ],
    outcome: outcomeOf(fields),
  };
}

const failing = new Set(['ERROR', 'CRITICAL', 'FATAL', 'ALERT', 'EMERGENCY']);

/** A line fails by what it says of its outcome, by an HTTP status, or by how severe it calls itself. */
function outcomeOf(fields: Fields): Outcome {
  const message = textAt(fields, 'reason') ?? textAt(fields, 'message');
  const said = textAt(fields, 'outcome') === 'failure' ? (textAt(fields, 'action') ?? 'failure') : undefined;
  const status = Number(textAt(fields, 'status'));
  const level = textAt(fields, 'level')?.toUpperCase() ?? '';
  const code = said ?? (status >= 400 && status < 600 ? `HTTP ${status}` : failing.has(level) ? level : undefined);
  return code === undefined ? { kind: 'success' } : { kind: 'failure', code, ...defined({ message }) };
}

function actorOf(user: string | undefined): Actor {
  return { kind: 'unknown', name: user ?? 'unknown', chain: [] };
}

function first(fields: Fields, keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const text = textAt(fields, key);
    if (text !== undefined) return text;
  }
  return undefined;
}
