import type { LineFields, ProgramParser } from '../text-format.ts';
import { readMessageTable } from './message-table.ts';
import type { MessageRow } from './message-table.ts';
import { parsePam } from './pam/pam.ts';

const done = (action: string): LineFields => ({ action, activity: 'account', outcome: 'success' });
const failed = (action: string): LineFields => ({ action, activity: 'account', outcome: 'failure' });

/** A name, in the quotes of newer tools, of older ones, or in none. */
const name = (group: string): string => String.raw`[\`']?(?<${group}>[^\s'\`,:]{1,256})'?`;
/** The file that a tool names at the end. */
const inFile = String.raw`(?: in \S{1,256})?$`;

/** What the shadow tools write of accounts and groups, one row a message. https://github.com/shadow-maint/shadow */
const messages: readonly MessageRow[] = [
  // useradd, newusers
  { pattern: /^new user: name=(?<user>[^,]{1,256})/, means: done('user created') },
  { pattern: new RegExp(`^failed adding user ${name('user')}`), means: failed('user created') },
  { pattern: new RegExp(`^failed to add user ${name('user')}(?: to \\S{1,256})?$`), means: failed('user created') },
  {
    pattern: new RegExp(`^add ${name('user')} to (?:shadow )?group ${name('group')}`),
    means: done('user added to group'),
  },
  // userdel
  { pattern: new RegExp(`^delete user ${name('user')}`), means: done('user deleted') },
  {
    pattern: new RegExp(`^delete ${name('user')} from (?:shadow )?group ${name('group')}`),
    means: done('user removed from group'),
  },
  // usermod, chfn, chsh
  { pattern: new RegExp(`^change user ${name('user')} password$`), means: done('password changed') },
  { pattern: new RegExp(`^change user ${name('user')} UID `), means: done('user id changed') },
  { pattern: new RegExp(`^change user name ${name('user')} to ${name('target_user')}`), means: done('user renamed') },
  { pattern: new RegExp(`^change user ${name('user')} (?<changed>\\w{1,40})`), means: done('user changed') },
  {
    pattern: new RegExp(
      `^change (?:admin )?${name('user')} to ${name('target_user')} in (?:shadow )?group ${name('group')}`,
    ),
    means: done('user renamed'),
  },
  {
    pattern: new RegExp(
      `^changed user ${name('user')} (?<changed>shell) to ${String.raw`[\`'](?<shell>[^'\`]{0,256})'`}`,
    ),
    means: done('user changed'),
  },
  { pattern: new RegExp(`^changed user ${name('user')} (?<changed>information)$`), means: done('user changed') },
  { pattern: new RegExp(`^can't change (?<changed>shell) for ${name('user')}`), means: failed('user changed') },
  { pattern: new RegExp(`^(?:un)?lock user ${name('user')} password`), means: done('password lock changed') },
  { pattern: new RegExp(`^user ${name('user')} (?:password changed|added)(?! by )`), means: done('user changed') },
  // groupadd, groupdel, groupmod
  { pattern: /^new group: name=(?<group>[^,]{1,256})/, means: done('group created') },
  { pattern: /^group added to \S{1,256}: name=(?<group>[^,]{1,256})/, means: done('group created') },
  { pattern: new RegExp(`^failed to add group ${name('group')}`), means: failed('group created') },
  { pattern: new RegExp(`^removed? (?:shadow )?group ${name('group')}`), means: done('group deleted') },
  { pattern: new RegExp(`^group ${name('group')} (?:removed|deleted)`), means: done('group deleted') },
  { pattern: new RegExp(`^failed to remove group ${name('group')}`), means: failed('group deleted') },
  { pattern: /^group changed in \S{1,256} \(group (?<group>[^/,\s]{1,256})/, means: done('group changed') },
  { pattern: /^failed to change \S{1,256} \(group (?<group>[^/,\s]{1,256})/, means: failed('group changed') },
  { pattern: new RegExp(`^change (?:group|GID for) ${name('group')} to `), means: done('group changed') },
  // gpasswd, groupmems: who did it stands in the middle, or before
  {
    pattern: new RegExp(`^user ${name('user')} added by ${name('by_user')} to group ${name('group')}${inFile}`),
    means: done('user added to group'),
  },
  {
    pattern: new RegExp(`^user ${name('user')} removed by ${name('by_user')} from group ${name('group')}${inFile}`),
    means: done('user removed from group'),
  },
  {
    pattern: new RegExp(`^(?:user ${name('user')} )?added to group ${name('group')}`),
    means: done('user added to group'),
  },
  {
    pattern: new RegExp(`^add member ${name('user')} to group ${name('group')} by ${name('by_user')}`),
    means: done('user added to group'),
  },
  {
    pattern: new RegExp(`^remove member ${name('user')} from group ${name('group')} by ${name('by_user')}`),
    means: done('user removed from group'),
  },
  {
    pattern: new RegExp(
      `^(?<changed>members|administrators) of group ${name('group')} set by ${name('by_user')} to (?<members>\\S{0,1024})${inFile}`,
    ),
    means: done('group members set'),
  },
  {
    pattern: new RegExp(`^set (?<changed>members|administrators) of ${name('group')} to (?<members>\\S{0,1024})$`),
    means: done('group members set'),
  },
  {
    pattern: new RegExp(`^password of group ${name('group')} (?:changed|removed) by ${name('by_user')}${inFile}`),
    means: done('group password changed'),
  },
  {
    pattern: new RegExp(
      `^(?:change the password for|remove password from|restrict access to) group ${name('group')} by ${name('by_user')}`,
    ),
    means: done('group password changed'),
  },
  {
    pattern: new RegExp(`^access to group ${name('group')} restricted by ${name('by_user')}${inFile}`),
    means: done('group password changed'),
  },
  {
    pattern: new RegExp(`^${name('by_user')} failed to add user ${name('user')} to group ${name('group')}${inFile}`),
    means: failed('user added to group'),
  },
  {
    pattern: new RegExp(
      `^${name('by_user')} failed to remove user ${name('user')} from group ${name('group')}${inFile}`,
    ),
    means: failed('user removed from group'),
  },
  {
    pattern: new RegExp(
      `^${name('by_user')} failed to set the (?<changed>members|administrators) of group ${name('group')} to \\S{0,1024}${inFile}`,
    ),
    means: failed('group members set'),
  },
  {
    pattern: new RegExp(`^${name('by_user')} failed to (?:change|remove) password of group ${name('group')}${inFile}`),
    means: failed('group password changed'),
  },
  {
    pattern: new RegExp(`^${name('by_user')} failed to restrict access to group ${name('group')}${inFile}`),
    means: failed('group password changed'),
  },
  // passwd, chpasswd, chage, BusyBox
  {
    pattern: new RegExp(`^password for ${name('user')} changed by ${name('by_user')}$`, 'i'),
    means: done('password changed'),
  },
  { pattern: new RegExp(`^password for ${name('user')} changed`, 'i'), means: done('password changed') },
  {
    pattern: new RegExp(`^(?:password changed|changed password) for ${name('user')}$`),
    means: done('password changed'),
  },
  { pattern: new RegExp(`^incorrect password for ${name('user')}`), means: failed('password changed') },
  { pattern: new RegExp(`^password locked for ${name('user')}`), means: failed('password changed') },
  { pattern: new RegExp(`^now < minimum age for ${name('user')}`), means: failed('password changed') },
  {
    pattern: new RegExp(`^(?:\\S{1,256}: )?can't view or modify password information for ${name('user')}`),
    means: failed('password changed'),
  },
  {
    pattern: new RegExp(`^root is not authorized by SELinux to change the password of ${name('user')}`),
    means: failed('password changed'),
  },
  { pattern: new RegExp(`^changed password expiry for ${name('user')}`), means: done('password expiry changed') },
];

/** parseAccounts reads the tools that change users, groups and passwords: useradd, usermod, gpasswd, passwd, chsh, … */
export const parseAccounts: ProgramParser = (message) => {
  const read = readMessageTable(messages, message);
  return read === undefined ? parsePam(message) : { ...read, ...namedValues(message) };
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
