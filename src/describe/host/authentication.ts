import type { Actor, Category, Outcome, Target } from '../../model/audit-event.ts';
import type { Fields, LogRecord } from '../../model/log-record.ts';
import type { Description } from '../description.ts';
import { accountOf, at, defined, flagOf, textAt } from '../read.ts';

type Result = Extract<Category, { kind: 'authentication' }>['result'];

/** What each activity that ingest reads in a line means for an auditor; `authentication` goes by its outcome. */
const resultOfActivity = new Map<string, Result>([
  ['session', 'session'],
  ['connection', 'session'],
  ['privilege-use', 'privilege-use'],
  // Whoever may change the host's users and groups has its privileges.
  ['account', 'privilege-use'],
]);

/** describeAuthentication describes a line of a host's log: sshd, sudo, su, PAM, logind, useradd and their kin. */
export function describeAuthentication(record: LogRecord): Description {
  const { fields, source } = record;
  const { actor, others } = peopleOf(fields);
  const hostname = textAt(fields, 'hostname');
  return {
    category: categoryOf(fields),
    ...defined({ account: accountOf(record.account), region: record.region }),
    service: textAt(fields, 'program') ?? source.services[0] ?? 'syslog',
    action: actionOf(fields),
    actor,
    ...defined({ sourceAddress: firstText(fields, ['src_ip', 'pam_rhost', 'src_host']) }),
    targets: [
      ...(hostname === undefined ? [] : [{ kind: 'host', id: hostname }]),
      ...others,
      ...things.flatMap(([kind, names]) => {
        const id = firstText(fields, names);
        return id === undefined ? [] : [{ kind, id }];
      }),
    ],
    outcome: outcomeOf(fields),
  };
}

/** What else a line may be about, and the fields that say it. */
const things: readonly (readonly [string, readonly string[]])[] = [
  ['command', ['COMMAND', 'cmd', 'command']],
  ['program', ['exe', 'comm']],
  ['file', ['name']],
  ['unit', ['unit']],
];

/** sshd writes `Invalid user bob` where others say that a login failed; why it failed is the outcome's to say. */
function actionOf(fields: Fields): string {
  const action = textAt(fields, 'action') ?? 'log line';
  return action === 'invalid user' ? 'login failed' : action;
}

function categoryOf(fields: Fields): Category {
  const activity = textAt(fields, 'activity') ?? '';
  const outcome = textAt(fields, 'outcome');
  if (activity === 'authentication' && (outcome === 'success' || outcome === 'failure')) {
    return { kind: 'authentication', result: outcome };
  }
  const result = resultOfActivity.get(activity);
  return result === undefined ? { kind: 'other' } : { kind: 'authentication', result };
}

interface People {
  readonly actor: Actor;
  /** Whom or which group it was done to. */
  readonly others: readonly Target[];
}

/** peopleOf separates the actor from the user that the action concerns: who becomes root from root, who opens a session from whose it is. */
function peopleOf(fields: Fields): People {
  const user = textAt(fields, 'user');
  const group = textAt(fields, 'group');
  const groups = group === undefined ? [] : [{ kind: 'host-group', id: group }];
  if (textAt(fields, 'activity') === 'account')
    return { actor: hostUser(firstText(fields, ['by_user', 'AUID'])), others: [...users(user), ...groups] };
  // A name that the host doesn't know is only what somebody typed.
  if (flagOf(at(fields, 'invalid_user')) === true && user !== undefined)
    return { actor: { kind: 'anonymous', name: user === '' ? '(empty name)' : user, chain: [] }, others: [] };
  const behind = firstText(fields, ['by_user', 'ruser']);
  if (behind !== undefined && behind !== user) return { actor: hostUser(behind), others: users(user) };
  return { actor: hostUser(user), others: users(firstText(fields, ['target_user', 'USER'])) };
}

/** A host's user named `root` stays a host's user: `root` as a kind is an AWS account's. */
function hostUser(name: string | undefined): Actor {
  return name === undefined ? { kind: 'unknown', name: 'unknown', chain: [] } : { kind: 'host-user', name, chain: [] };
}

function users(name: string | undefined): readonly Target[] {
  return name === undefined ? [] : [{ kind: 'host-user', id: name }];
}

function outcomeOf(fields: Fields): Outcome {
  if (textAt(fields, 'outcome') !== 'failure') return { kind: 'success' };
  const code = flagOf(at(fields, 'invalid_user')) === true ? 'invalid user' : (textAt(fields, 'action') ?? 'failure');
  return { kind: 'failure', code, ...defined({ message: firstText(fields, ['reason', 'message']) }) };
}

function firstText(fields: Fields, names: readonly string[]): string | undefined {
  for (const name of names) {
    const text = textAt(fields, name);
    if (text !== undefined) return text;
  }
  return undefined;
}
