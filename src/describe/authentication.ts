import type { Actor, Outcome, Target } from '../model/audit-event.ts';
import type { LogRecord } from '../model/log-record.ts';
import { authenticationResultOf } from './authentication-result.ts';
import type { Description } from './description.ts';
import { accountOf, defined, flagOf, at, textAt } from './read.ts';

/** describeAuthentication describes a line of a host's authentication log: sshd, sudo, su, login and their kin. */
export function describeAuthentication(record: LogRecord): Description {
  const { fields, source } = record;
  const program = textAt(fields, 'program') ?? source.services[0] ?? 'syslog';
  const message = textAt(fields, 'message') ?? '';
  const action = textAt(fields, 'action');
  const result = authenticationResultOf(program, action, message);
  const invalid = flagOf(at(fields, 'invalid_user')) === true;
  return {
    category: result === undefined ? { kind: 'other' } : { kind: 'authentication', result: result.kind },
    ...defined({ account: accountOf(record.account), region: record.region }),
    service: program,
    action: action ?? result?.action ?? 'log line',
    actor: actorOf(textAt(fields, 'user')),
    ...defined({ sourceAddress: textAt(fields, 'src_ip') ?? textAt(fields, 'rhost') ?? textAt(fields, 'src_host') }),
    targets: targetsOf(textAt(fields, 'hostname'), textAt(fields, 'target_user')),
    outcome: outcomeOf(result?.failed === true, invalid, message),
  };
}

/** A host's user named `root` stays a host's user: `root` as a kind is an AWS account's. */
function actorOf(user: string | undefined): Actor {
  return user === undefined
    ? { kind: 'unknown', name: 'unknown', chain: [] }
    : { kind: 'host-user', name: user, chain: [] };
}

function targetsOf(host: string | undefined, user: string | undefined): readonly Target[] {
  return [
    ...(host === undefined ? [] : [{ kind: 'host', id: host }]),
    ...(user === undefined ? [] : [{ kind: 'host-user', id: user }]),
  ];
}

function outcomeOf(failed: boolean, invalid: boolean, message: string): Outcome {
  if (!failed) return { kind: 'success' };
  return {
    kind: 'failure',
    code: invalid ? 'InvalidUser' : 'AuthenticationFailure',
    ...(message === '' ? {} : { message }),
  };
}
