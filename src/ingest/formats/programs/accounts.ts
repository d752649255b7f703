import { parsePam } from './pam.ts';
import type { LineFields, ProgramParser } from '../text-format.ts';

/** AccountMessage is one thing that the shadow tools do. The first group of `pattern` is the user or the group. */
interface AccountMessage {
  readonly pattern: RegExp;
  readonly action: string;
  readonly of: 'user' | 'group';
  /** What the second group is, where there is one. */
  readonly second?: string;
  readonly outcome?: 'failure';
}

const messages: readonly AccountMessage[] = [
  { pattern: /^new user: name=([^,]{1,256})/, action: 'user created', of: 'user' },
  { pattern: /^failed adding user '?([^',]{1,256})/, action: 'user created', of: 'user', outcome: 'failure' },
  { pattern: /^new group: name=([^,]{1,256})/, action: 'group created', of: 'group' },
  { pattern: /^group added to \S{1,256}: name=([^,]{1,256})/, action: 'group created', of: 'group' },
  { pattern: /^delete user '([^']{1,256})'/, action: 'user deleted', of: 'user' },
  { pattern: /^removed (?:shadow )?group '([^']{1,256})'/, action: 'group deleted', of: 'group' },
  { pattern: /^group '([^']{1,256})' removed/, action: 'group deleted', of: 'group' },
  {
    pattern: /^add '([^']{1,256})' to (?:shadow )?group '([^']{1,256})'/,
    action: 'user added to group',
    of: 'user',
    second: 'group',
  },
  {
    pattern: /^delete '([^']{1,256})' from (?:shadow )?group '([^']{1,256})'/,
    action: 'user removed from group',
    of: 'user',
    second: 'group',
  },
  { pattern: /^change user '([^']{1,256})' password$/, action: 'password changed', of: 'user' },
  { pattern: /^change user '([^']{1,256})' UID /, action: 'user id changed', of: 'user' },
  { pattern: /^change user '([^']{1,256})' (\w{1,40})/, action: 'user changed', of: 'user', second: 'changed' },
  {
    pattern: /^change user name '([^']{1,256})' to '([^']{1,256})'/,
    action: 'user renamed',
    of: 'user',
    second: 'target_user',
  },
  { pattern: /^(?:un)?lock user '([^']{1,256})' password/, action: 'password lock changed', of: 'user' },
  {
    pattern: /^password for '?([^' ]{1,256})'? changed by '?([^' ]{1,256})'?$/,
    action: 'password changed',
    of: 'user',
    second: 'by_user',
  },
  { pattern: /^password for '?([^' ]{1,256})'? changed/, action: 'password changed', of: 'user' },
  { pattern: /^group '?([^' ]{1,256})'? deleted/, action: 'group deleted', of: 'group' },
  { pattern: /^user '([^']{1,256})' (?:password changed|added)/, action: 'user changed', of: 'user' },
  { pattern: /^changed password expiry for (\S{1,256})/, action: 'password expiry changed', of: 'user' },
];

/** parseAccounts reads useradd, usermod, userdel, groupadd, groupdel, groupmod, gpasswd, passwd, chpasswd and chage. */
export const parseAccounts: ProgramParser = (message) => {
  for (const { pattern, action, of, second, outcome } of messages) {
    const found = pattern.exec(message);
    if (found !== null) {
      return {
        action,
        activity: 'account',
        outcome: outcome ?? 'success',
        [of]: found[1] ?? '',
        ...(second !== undefined && { [second]: found[2] ?? '' }),
        ...namedValues(message),
      };
    }
  }
  if (message.startsWith('pam_unix(passwd:chauthtok): password changed for ')) {
    return {
      action: 'password changed',
      activity: 'account',
      outcome: 'success',
      user: message.slice('pam_unix(passwd:chauthtok): password changed for '.length),
    };
  }
  return parsePam(message);
};

/**
 * `UID=1001, GID=1001, home=/home/bob, shell=/bin/bash, from=/dev/pts/0`, as useradd lists them. A home may be named so that it
 * says a shell of its own: the last one is useradd's.
 */
function namedValues(message: string): LineFields {
  const fields: LineFields = {};
  let end = message.length;
  for (const name of ['from', 'shell', 'home', 'GID', 'UID'] as const) {
    const start = Math.max(message.lastIndexOf(`, ${name}=`, end), message.lastIndexOf(` ${name}=`, end));
    if (start === -1) continue;
    const value = message.slice(message.indexOf('=', start) + 1, end).trim();
    if (value !== '') fields[name] = value.replace(/,$/, '').slice(0, maxValueChars);
    end = start;
  }
  return fields;
}

const maxValueChars = 256;
