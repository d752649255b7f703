import { isIP } from 'node:net';
import type { LineFields, ProgramParser } from '../../text-format.ts';
import { unreadMessage } from '../../unread.ts';
import { readMessageTable } from '../message-table.ts';
import { pamMessages } from './messages.ts';

/**
 * parsePam reads what PAM modules write in a program's name: `pam_unix(sshd:auth): authentication failure; …`,
 * `pam_unix(su:session): session opened for user root by alice(uid=1000)`, and sshd's own `PAM 2 more authentication failures; …`.
 */
export const parsePam: ProgramParser = (message) => {
  const found = heads.map((head) => head.exec(message)).find((head) => head !== null);
  if (found === undefined) return parseCount(message);
  const [head, module = '', service, type] = found;
  const inner = parsePamText(message.slice(head.length)) ?? {
    action: 'pam',
    activity: 'other',
    unparsed: unreadMessage,
  };
  return {
    ...inner,
    pam_module: module,
    ...(service !== undefined && { pam_service: service }),
    ...(type !== undefined && { pam_type: type }),
  };
};

/** How the lines of modules begin: `pam_unix(sshd:auth): `, `debug(pam_u2f): `. */
const heads = [/^(pam_\w{1,32})\(([^():\s]{1,64}):(\w{1,16})\): /, /^debug\((pam_\w{1,32})\): /];

/** sshd's own count of a module's failures. */
function parseCount(text: string): LineFields | undefined {
  const found = /^PAM (\d{1,6}) more authentication failures?;/.exec(text);
  return found === null ? undefined : { ...resultOf(text, 'authentication failure'), failures: Number(found[1]) };
}

/** parsePamText reads the message alone, as syslogs with the module in the tag (`sshd(pam_unix)[123]:`) write it. */
export const parsePamText: ProgramParser = (text) => {
  if (text.startsWith('authentication failure;')) return resultOf(text, 'authentication failure');
  if (text.startsWith('authentication success;')) return resultOf(text, 'authentication success');
  if (text.startsWith('session opened for user ')) return sessionOf(text, 'session opened');
  if (text.startsWith('session closed for user ')) return sessionOf(text, 'session closed');
  const read = readMessageTable(pamMessages, text) ?? parseCount(text);
  return read === undefined ? undefined : named(read);
};

/** PAM's own names beside ours, and where the client is: an address, a host's name, or a terminal. */
function named({ from, ...fields }: LineFields): LineFields {
  const { user } = fields;
  if (user !== undefined && user !== '') fields['pam_user'] = user;
  if (typeof from !== 'string' || from === '') return fields;
  if (isIP(from) === 0 && terminal.test(from)) fields['tty'] = from;
  else fields['pam_rhost'] = from;
  return fields;
}

const terminal = /^(?:\/dev\/|tty|pts\/|:|LOCAL$|cron$)/;

/**
 * `authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=192.0.2.1  user=root`: PAM writes the names in this order.
 * sshd leaves `ruser` empty, so that only `user` can hold what an attacker chose: the first of each name counts and `user`
 * takes the rest. Other programs write the client's name on both sides of the address; if it says an address of its own, nobody
 * knows which one is the client's.
 */
function resultOf(text: string, result: 'authentication failure' | 'authentication success'): LineFields {
  const fields: LineFields = {
    action: result,
    activity: 'authentication',
    outcome: result === 'authentication success' ? 'success' : 'failure',
    pam_message: result,
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

/** The terminal's name in sshd's lines; older PAM marks it as a name without a device. */
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

function withoutUid(name: string): string {
  const trimmed = name.trimEnd();
  const bracket = trimmed.endsWith(')') ? trimmed.lastIndexOf('(uid=') : -1;
  return bracket === -1 ? trimmed : trimmed.slice(0, bracket);
}
