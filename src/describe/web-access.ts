import type { Outcome, Target } from '../model/audit-event.ts';
import type { Fields, LogRecord } from '../model/log-record.ts';
import type { Description } from './description.ts';
import { accountOf, defined, textAt } from './read.ts';

/** describeWebAccess describes a request that a web server logged, or an error of it. */
export function describeWebAccess({ fields, account, region }: LogRecord): Description {
  const client = textAt(fields, 'c-ip');
  const user = textAt(fields, 'cs-username');
  return {
    category: { kind: 'other' },
    ...defined({ account: accountOf(account), region }),
    service: textAt(fields, 'program') ?? textAt(fields, 'service') ?? 'web',
    action: textAt(fields, 'cs-method') ?? (textAt(fields, 'cs-uri') === undefined ? 'server error' : 'request'),
    actor:
      user === undefined
        ? { kind: 'anonymous', name: client ?? 'unknown', chain: [] }
        : { kind: 'unknown', name: user, chain: [] },
    ...defined({ sourceAddress: client, userAgent: textAt(fields, 'cs-user-agent') }),
    targets: targetsOf(fields),
    outcome: outcomeOf(fields),
  };
}

function targetsOf(fields: Fields): readonly Target[] {
  const found: readonly (readonly [string, string | undefined])[] = [
    ['page', textAt(fields, 'cs-uri-stem') ?? textAt(fields, 'cs-uri')],
    ['host', textAt(fields, 'cs-host') ?? textAt(fields, 'hostname')],
    ['container', textAt(fields, 'container')],
  ];
  return found.flatMap(([kind, id]) => (id === undefined ? [] : [{ kind, id }]));
}

function outcomeOf(fields: Fields): Outcome {
  const status = Number(textAt(fields, 'sc-status'));
  if (status >= 400) return { kind: 'failure', code: `HTTP ${status}` };
  const level = textAt(fields, 'level');
  if (level === undefined || ['DEBUG', 'INFO', 'NOTICE', 'WARN'].includes(level)) return { kind: 'success' };
  return { kind: 'failure', code: level, ...defined({ message: textAt(fields, 'message') }) };
}
