import type { LineFields, ProgramParser } from '../text-format.ts';
import { unreadMessage } from '../unread.ts';

/**
 * parsePam reads what PAM modules write in a program's name: `pam_unix(sshd:auth): authentication failure; …`,
 * `pam_unix(su:session): session opened for user root by alice(uid=1000)`, and sshd's own `PAM 2 more authentication failures; …`.
 */
export const parsePam: ProgramParser = (message) => {
  const found = /^(pam_\w{1,32})\(([^():\s]{1,64}):(\w{1,16})\): /.exec(message);
  if (found === null) return parsePamText(message);
  const [head, module = '', service = '', type = ''] = found;
  const inner = parsePamText(message.slice(head.length)) ?? {
    action: 'pam',
    activity: 'other',
    unparsed: unreadMessage,
  };
  return { ...inner, pam_module: module, pam_service: service, pam_type: type };
};

/** parsePamText reads the message alone, as syslogs with the module in the tag (`sshd(pam_unix)[123]:`) write it. */
export const parsePamText: ProgramParser = (text) => {
  if (text.startsWith('authentication failure;')) return failureOf(text, 'authentication failure');
  if (/^PAM \d{1,6} more authentication failures?;/.test(text)) {
    return { ...failureOf(text, 'authentication failure'), failures: Number(text.split(' ', 2)[1]) };
  }
  if (text.startsWith('check pass; user unknown')) {
    return {
      action: 'authentication failure',
      activity: 'authentication',
      outcome: 'failure',
      invalid_user: true,
      pam_message: 'user unknown',
    };
  }
  if (text.startsWith('session opened for user ')) return sessionOf(text, 'session opened');
  if (text.startsWith('session closed for user ')) return sessionOf(text, 'session closed');
  const locked =
    /^user (\S{1,256}) \((\d{1,10})\) tally (\d{1,9}), deny \d/.exec(text) ??
    /^Consecutive login failures for user (\S{1,256}) account temporarily locked/.exec(text);
  if (locked !== null) {
    return {
      action: 'account locked out',
      activity: 'authentication',
      outcome: 'failure',
      user: locked[1] ?? '',
      pam_user: locked[1] ?? '',
      ...(locked[2] !== undefined && { uid: locked[2], failures: Number(locked[3]) }),
    };
  }
  const unmet = /^requirement ".{1,128}" (not met|was met) by user "(.{0,256})"$/s.exec(text);
  if (unmet !== null) {
    return {
      action: unmet[1] === 'not met' ? 'login refused' : 'requirement met',
      activity: unmet[1] === 'not met' ? 'authentication' : 'other',
      outcome: unmet[1] === 'not met' ? 'failure' : 'success',
      user: unmet[2] ?? '',
      pam_user: unmet[2] ?? '',
    };
  }
  if (text.startsWith('account ') || text.startsWith('auth could not identify password')) return accountOf(text);
  return undefined;
};

/**
 * `authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=192.0.2.1  user=root`: PAM writes the names in this order.
 * sshd leaves `ruser` empty, so that only `user` can hold what an attacker chose: the first of each name counts and `user`
 * takes the rest. Other programs write the client's name on both sides of the address; if it says an address of its own, nobody
 * knows which one is the client's.
 */
function failureOf(text: string, pamMessage: string): LineFields {
  const fields: LineFields = {
    action: 'authentication failure',
    activity: 'authentication',
    outcome: 'failure',
    pam_message: pamMessage,
  };
  let at = text.indexOf(';') + 1;
  for (const [name, field] of pamNames) {
    const start = text.indexOf(` ${name}=`, at);
    if (start === -1) continue;
    const from = start + name.length + 2;
    const end = text.indexOf(' ', from);
    at = end === -1 ? text.length : end;
    const value = text.slice(from, at);
    if (value !== '') fields[field] = value;
    if (name === 'tty' && !ofSshd.has(value) && text.split(' rhost=', 3).length > 2) {
      fields['unparsed'] = 'more than one rhost, and a client may have written any of them';
      return fields;
    }
  }
  const user = text.indexOf(' user=', at);
  if (user !== -1) {
    fields['user'] = text.slice(user + 6).trimEnd();
    fields['pam_user'] = fields['user'];
  }
  return fields;
}

/** What sshd calls its terminal; older PAM puts the word before that says it is no device. */
const ofSshd: ReadonlySet<string> = new Set(['ssh', 'NODEVssh']);

const pamNames = [
  ['logname', 'logname'],
  ['uid', 'uid'],
  ['euid', 'euid'],
  ['tty', 'tty'],
  ['ruser', 'ruser'],
  ['rhost', 'pam_rhost'],
] as const;

/** `session opened for user root(uid=0) by alice(uid=1000)`; older: `… for user root by (uid=0)`; closing: `… for user root`. */
function sessionOf(text: string, action: string): LineFields {
  const rest = text.slice('session opened for user '.length);
  const by = rest.lastIndexOf(' by ');
  const user = withoutUid(by === -1 ? rest : rest.slice(0, by));
  const actor = by === -1 ? '' : withoutUid(rest.slice(by + 4));
  const uid = by === -1 ? null : /\(uid=(\d{1,10})\)$/.exec(rest.trimEnd());
  return {
    action,
    activity: 'session',
    outcome: 'success',
    user,
    pam_user: user,
    pam_message: action,
    ...(actor !== '' && { by_user: actor }),
    ...(uid?.[1] !== undefined && { by_uid: uid[1] }),
  };
}

function accountOf(text: string): LineFields {
  const found =
    /^account (\S{1,256}) has (?:expired|password changed)/.exec(text) ?? /for \[([^\]]{1,256})\]$/.exec(text);
  return {
    action: 'authentication failure',
    activity: 'authentication',
    outcome: 'failure',
    pam_message: text.slice(0, 200),
    ...(found?.[1] !== undefined && { user: found[1], pam_user: found[1] }),
  };
}

function withoutUid(name: string): string {
  const trimmed = name.trimEnd();
  const bracket = trimmed.endsWith(')') ? trimmed.lastIndexOf('(uid=') : -1;
  return bracket === -1 ? trimmed : trimmed.slice(0, bracket);
}
