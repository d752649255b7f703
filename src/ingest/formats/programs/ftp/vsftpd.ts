import type { LineFields, ProgramParser } from '../../text-format.ts';
import { connectionOpened, loginAccepted, loginFailed, readMessageTable } from '../message-table.ts';
import type { MessageRow } from '../message-table.ts';
import { parsePam } from '../pam/pam.ts';

/** The client's address is vsftpd's own word behind `Client`; the name before it is the client's. */
const client = String.raw`: Client "(?<address>[^"\s]{1,64})"`;
const start = String.raw`^(?:\[pid \d{1,10}\] )?`;

const transfer = (action: string, outcome: 'success' | 'failure'): LineFields => ({
  action,
  activity: 'other',
  outcome,
});

const messages: readonly MessageRow[] = [
  { pattern: new RegExp(`${start}CONNECT${client}`), means: connectionOpened },
  // A name may hold the words of a login that went well: a line that fits both is a failure.
  {
    pattern: new RegExp(`${start}\\[(?<user>.{0,256})\\] FAIL (?:ANON )?LOGIN${client}(?:, ".{0,256}")?$`, 's'),
    means: loginFailed,
  },
  {
    pattern: new RegExp(`${start}\\[(?<user>.{0,256})\\] OK (?:ANON )?LOGIN${client}(?:, ".{0,256}")?$`, 's'),
    means: loginAccepted,
  },
  ...(['DOWNLOAD', 'UPLOAD', 'DELETE', 'MKDIR', 'RMDIR', 'RENAME', 'CHMOD'] as const).flatMap((verb) =>
    (['OK', 'FAIL'] as const).map((word): MessageRow => ({
      pattern: new RegExp(`${start}\\[(?<user>.{0,256})\\] ${word} ${verb}${client}(?:, "(?<file>.{0,1024})")?`, 's'),
      means: transfer(`file ${verb.toLowerCase()}`, word === 'OK' ? 'success' : 'failure'),
    })),
  ),
  {
    pattern: /^refused connect from (?:\[?(?<address>[^\s\]]{1,64})\]?)$/,
    means: { action: 'connection refused', activity: 'connection', outcome: 'failure' },
  },
];

/** parseVsftpd reads vsftpd, in syslog and in its own log: `[pid 812] [bob] FAIL LOGIN: Client "192.0.2.1"`. */
export const parseVsftpd: ProgramParser = (message) => {
  const read = readMessageTable(messages, message);
  if (read === undefined) return parsePam(message);
  // A name with a whole message in it leaves two clients: no one is believed.
  if (message.indexOf(': Client "') === message.lastIndexOf(': Client "')) return read;
  const { src_ip: _ip, src_host: _host, ...rest } = read;
  return { ...rest, unparsed: 'more than one address in what the client chose' };
};
