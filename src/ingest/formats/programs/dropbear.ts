import type { LineFields, ProgramParser } from '../text-format.ts';
import {
  connectionClosed,
  connectionOpened,
  loginAccepted,
  loginFailed,
  loginRefused,
  readMessageTable,
  sessionClosed,
  tooManyFailures,
} from './message-table.ts';
import type { MessageRow } from './message-table.ts';
import { parsePam } from './pam/pam.ts';

const method = (auth_method: string, fields: LineFields): LineFields => ({ ...fields, auth_method });

/** Where the client is, as dropbear ends its messages: `from 192.0.2.1:4000`. */
const from = String.raw` from (?<address>\S{1,64}):(?<port>\d{1,5})`;
/** The same round a reason, after which stands what the client may have said: `from <192.0.2.1:4000>: `. */
const fromWithin = String.raw`(?: from <(?<address>[^<>\s]{1,64}):(?<port>\d{1,5})>)?: `;

const messages: readonly MessageRow[] = [
  {
    pattern: new RegExp(`^(?:PAM p|P)assword auth succeeded for '(?<user>.{0,256})'${from}$`, 'is'),
    means: method('password', loginAccepted),
  },
  {
    pattern: new RegExp(`^Auth succeeded with blank password for '(?<user>.{0,256})'${from}$`, 's'),
    means: method('none', loginAccepted),
  },
  {
    pattern: new RegExp(
      String.raw`^Pubkey auth succeeded for '(?<user>.{0,256})' with (?:(?<key_type>\S{1,64}) )?key (?<key_fingerprint>.{1,200})${from}$`,
      'is',
    ),
    means: method('publickey', loginAccepted),
  },
  {
    pattern: new RegExp(
      `^(?:Password|Pubkey|PAM password) auth succeeded for '(?<user>.{0,256})'.{0,300}${from}, extra auth required$`,
      'is',
    ),
    means: { action: 'login partly accepted', activity: 'authentication' },
  },
  {
    pattern: new RegExp(`^Bad (?:PAM )?password attempt for '(?<user>.{0,256})'${from}$`, 'is'),
    means: method('password', loginFailed),
  },
  {
    pattern: new RegExp(
      `^Pubkey auth (?:bad signature|attempt with unknown algo) for '(?<user>.{0,256})'.{0,300}${from}$`,
      'is',
    ),
    means: method('publickey', loginFailed),
  },
  {
    pattern: new RegExp(`^Login attempt for nonexistent user(?: '(?<user>.{0,256})')?${from}$`, 's'),
    means: { action: 'invalid user', activity: 'authentication', outcome: 'failure', invalid_user: true },
  },
  { pattern: new RegExp(`^Login attempt with wrong user (?<user>.{0,256})${from}$`, 's'), means: loginRefused },
  { pattern: /^root login rejected$/, means: { ...loginRefused, user: 'root' } },
  {
    pattern: /^User '(?<user>.{0,256})' (?<reason>has invalid shell|has blank password|is locked), rejected$/s,
    means: loginRefused,
  },
  {
    pattern: /^Logins are restricted to the group (?<group>\S{1,256}) but user '(?<user>.{0,256})' is not a member$/s,
    means: loginRefused,
  },
  {
    pattern: new RegExp(
      String.raw`^Exit before auth${fromWithin}(?:\(user '(?<user>.{0,256})', (?<failures>\d{1,6}) fails\): )?Max auth tries reached - user '.{0,256}'$`,
      's',
    ),
    means: tooManyFailures,
  },
  {
    pattern: new RegExp(
      String.raw`^Exit before auth${fromWithin}(?:\(user '(?<user>.{0,256})', (?<failures>\d{1,6}) fails\): )?(?<reason>.{0,200})$`,
      's',
    ),
    means: connectionClosed,
  },
  {
    pattern: new RegExp(String.raw`^Exit \((?<user>.{0,256})\)${fromWithin}(?<reason>.{0,200})$`, 's'),
    means: sessionClosed,
  },
  { pattern: new RegExp(`^Early exit${fromWithin}(?<reason>.{0,200})$`, 's'), means: connectionClosed },
  { pattern: new RegExp(`^Child connection${from}$`), means: connectionOpened },
  {
    pattern: /^(?:Running in background|Not backgrounding)$/,
    means: { action: 'server started', activity: 'other' },
  },
  { pattern: /^Terminated by signal$/, means: { action: 'server stopped', activity: 'other' } },
];

/** parseDropbear reads dropbear, the SSH server of small systems. Its port stands behind a colon, also of an IPv6 address. */
export const parseDropbear: ProgramParser = (message) => readMessageTable(messages, message) ?? parsePam(message);
