import { addressFields } from '../../address.ts';
import type { ProgramParser } from '../../text-format.ts';
import {
  connectionClosed,
  loginAccepted,
  loginFailed,
  loginRefused,
  readMessageTable,
  sessionClosed,
  tooManyFailures,
} from '../message-table.ts';
import type { MessageRow } from '../message-table.ts';
import { parsePam } from '../pam/pam.ts';

/**
 * `web-1 (client.example[192.0.2.1]) - ` in syslog, `web-1 (client.example[192.0.2.1]): ` in its own log. The name is what the
 * client's DNS says: it holds no bracket.
 */
const client = /^\S{1,256} \((?:[^\s[\]()]{0,256})\[([\da-fA-F.:]{2,45})\]\)(?: -|:) /;

const messages: readonly MessageRow[] = [
  {
    pattern: /^USER (?<user>.{0,256}): no such user found(?: from \S{1,300} \[[^\]]{1,64}\] to \S{1,300})?\.?$/s,
    means: { action: 'invalid user', activity: 'authentication', outcome: 'failure', invalid_user: true },
  },
  { pattern: /^USER (?<user>.{0,256}) \(Login failed\): (?<reason>[^()]{1,200}?)\.?$/s, means: loginFailed },
  {
    pattern: /^PAM\((?<user>.{0,256})\): (?<reason>[^():]{1,200}?)\.?$/s,
    means: { action: 'authentication failure', activity: 'authentication', outcome: 'failure' },
  },
  { pattern: /^(?:USER|ANON) (?<user>.{0,256}): Login successful\.?$/s, means: loginAccepted },
  { pattern: /^SECURITY VIOLATION: Root login attempted\.?$/i, means: { ...loginRefused, user: 'root' } },
  { pattern: /^SECURITY VIOLATION: (?<reason>.{1,200})$/s, means: loginRefused },
  { pattern: /^Maximum login attempts \((?<failures>\d{1,6})\) exceeded/, means: tooManyFailures },
  {
    pattern: /^(?:Connection|Login) (?:refused|denied)(?:[ :(]+(?<reason>.{0,200}))?$/s,
    means: { action: 'connection refused', activity: 'connection', outcome: 'failure' },
  },
  { pattern: /^(?:FTP|SSH2) session opened\.?$/, means: { action: 'connection opened', activity: 'connection' } },
  { pattern: /^(?:FTP|SSH2) session closed\.?$/, means: sessionClosed },
  {
    pattern: /^FTP (?:login|no transfer|session idle|stalled) ?time(?:d )?out/i,
    means: { action: 'timeout', activity: 'connection' },
  },
  { pattern: /^(?:mod_sftp|SSH2) .{0,200}disconnect/s, means: connectionClosed },
];

/** What the server says of itself. */
const server: readonly MessageRow[] = [
  {
    pattern: /ProFTPD \S{1,32} \([^)]{1,64}\)(?: \(built [^)]{1,64}\))? standalone mode STARTUP$/,
    means: { action: 'server started', activity: 'other' },
  },
  {
    pattern: /ProFTPD (?:killed \(signal|\S{1,32} standalone mode SHUTDOWN)/,
    means: { action: 'server stopped', activity: 'other' },
  },
];

/** parseProftpd reads proftpd, in syslog and in its own log. http://www.proftpd.org/docs/howto/Logging.html */
export const parseProftpd: ProgramParser = (message) => {
  const found = client.exec(message);
  if (found === null) return readMessageTable(server, message.slice(0, 512)) ?? parsePam(message);
  const read = readMessageTable(messages, message.slice(found[0].length));
  return read === undefined ? undefined : { ...read, ...addressFields(found[1]) };
};
