import { parsePam } from './pam.ts';
import {
  readLogin,
  readCertificate,
  readKey,
  readNotAllowed,
  readPamError,
  readNotPermitted,
  readNastyName,
  readPenalty,
  readDropped,
  readRefused,
  readReverseMapping,
} from './sshd-readers.ts';
import {
  userFrom,
  userBeforeEndpoint,
  onlyEndpoint,
  endpointAt,
  beforeMark,
  userAfter,
  withoutPreauth,
  withoutSsh2,
} from './sshd-words.ts';
import type { LineFields, ProgramParser } from '../text-format.ts';

/** SshdMessage is one way sshd begins a message. `rest` is what follows the start. */
interface SshdMessage {
  readonly start: string;
  readonly action: string;
  readonly activity: 'authentication' | 'session' | 'connection' | 'other';
  readonly outcome?: 'success' | 'failure';
  readonly read?: (rest: string) => LineFields;
}

/**
 * Where the address stands decides how it is read: what an attacker can choose (user name, disconnect text, client version)
 * stands before it or after it, never on both sides but in the few messages that `onlyEndpoint` reads.
 */
const messages: readonly SshdMessage[] = [
  { start: 'Accepted certificate ID ', action: 'certificate accepted', activity: 'other', read: readCertificate },
  { start: 'Accepted key ', action: 'key accepted', activity: 'other', read: readKey },
  { start: 'Accepted ', action: 'login accepted', activity: 'authentication', outcome: 'success', read: readLogin },
  { start: 'Failed ', action: 'login failed', activity: 'authentication', outcome: 'failure', read: readLogin },
  { start: 'Partial ', action: 'login partly accepted', activity: 'authentication', read: readLogin },
  { start: 'Postponed ', action: 'login postponed', activity: 'authentication', read: readLogin },
  {
    start: 'Invalid user ',
    action: 'invalid user',
    activity: 'authentication',
    outcome: 'failure',
    read: (rest) => ({ ...userFrom(rest, true), invalid_user: true }),
  },
  {
    start: 'Illegal user ',
    action: 'invalid user',
    activity: 'authentication',
    outcome: 'failure',
    read: (rest) => ({ ...userFrom(rest, true), invalid_user: true }),
  },
  {
    start: 'input_userauth_request: invalid user ',
    action: 'invalid user',
    activity: 'authentication',
    outcome: 'failure',
    read: (rest) => ({ user: withoutPreauth(rest), invalid_user: true }),
  },
  {
    start: 'maximum authentication attempts exceeded for ',
    action: 'too many failures',
    activity: 'authentication',
    outcome: 'failure',
    read: (rest) => userFrom(withoutSsh2(rest)),
  },
  {
    start: 'Disconnecting: Too many authentication failures for ',
    action: 'too many failures',
    activity: 'authentication',
    outcome: 'failure',
    read: (rest) => userFrom(rest, true),
  },
  {
    start: 'Disconnecting: Too many authentication failures',
    action: 'too many failures',
    activity: 'authentication',
    outcome: 'failure',
  },
  { start: 'Disconnecting: ', action: 'disconnected', activity: 'connection' },
  { start: 'Disconnecting ', action: 'disconnected', activity: 'connection', read: onlyEndpoint },
  {
    start: 'PAM service(sshd) ignoring max retries',
    action: 'too many failures',
    activity: 'authentication',
    outcome: 'failure',
  },
  { start: 'PAM: ', action: 'login failed', activity: 'authentication', outcome: 'failure', read: readPamError },
  { start: 'User ', action: 'login refused', activity: 'authentication', outcome: 'failure', read: readNotAllowed },
  {
    start: 'ROOT LOGIN REFUSED FROM ',
    action: 'login refused',
    activity: 'authentication',
    outcome: 'failure',
    read: (rest) => ({ user: 'root', ...endpointAt(rest) }),
  },
  { start: 'Authentication refused: ', action: 'login refused', activity: 'authentication', outcome: 'failure' },
  {
    start: 'Authentication tried for ',
    action: 'login refused',
    activity: 'authentication',
    outcome: 'failure',
    read: readNotPermitted,
  },
  {
    start: 'Access denied for user ',
    action: 'login refused',
    activity: 'authentication',
    outcome: 'failure',
    read: (rest) => beforeMark(rest, ' by PAM account configuration'),
  },
  {
    start: 'Login restricted for ',
    action: 'login refused',
    activity: 'authentication',
    outcome: 'failure',
    read: (rest) => beforeMark(rest, ': '),
  },
  {
    start: 'Certificate invalid: ',
    action: 'certificate refused',
    activity: 'authentication',
    outcome: 'failure',
    read: (rest) => ({ reason: withoutPreauth(rest) }),
  },
  {
    start: 'cert: ',
    action: 'certificate refused',
    activity: 'authentication',
    outcome: 'failure',
    read: (rest) => ({ reason: withoutPreauth(rest) }),
  },
  {
    start: 'Certificate ',
    action: 'certificate refused',
    activity: 'authentication',
    outcome: 'failure',
    read: (rest) => ({ reason: withoutPreauth(rest) }),
  },
  { start: 'Found matching ', action: 'key accepted', activity: 'other' },
  { start: 'Connection closed by ', action: 'connection closed', activity: 'connection', read: userBeforeEndpoint },
  { start: 'Connection reset by ', action: 'connection reset', activity: 'connection', read: userBeforeEndpoint },
  { start: 'Connection from ', action: 'connection opened', activity: 'connection', read: endpointAt },
  { start: 'Disconnected from ', action: 'disconnected', activity: 'connection', read: userBeforeEndpoint },
  { start: 'Received disconnect from ', action: 'disconnect received', activity: 'connection', read: endpointAt },
  {
    start: 'Did not receive identification string from ',
    action: 'no identification',
    activity: 'connection',
    outcome: 'failure',
    read: endpointAt,
  },
  {
    start: 'Bad protocol version identification ',
    action: 'bad identification',
    activity: 'connection',
    outcome: 'failure',
    read: (rest) => userFrom(rest, false, false),
  },
  {
    start: 'Unable to negotiate with ',
    action: 'negotiation failed',
    activity: 'connection',
    outcome: 'failure',
    read: endpointAt,
  },
  {
    start: 'Timeout before authentication for connection from ',
    action: 'timeout',
    activity: 'connection',
    outcome: 'failure',
    read: endpointAt,
  },
  {
    start: 'Timeout before authentication for ',
    action: 'timeout',
    activity: 'connection',
    outcome: 'failure',
    read: endpointAt,
  },
  {
    start: 'banner exchange: Connection from ',
    action: 'bad identification',
    activity: 'connection',
    outcome: 'failure',
    read: endpointAt,
  },
  { start: 'kex_exchange_identification: ', action: 'bad identification', activity: 'connection', outcome: 'failure' },
  {
    start: 'Magic value check failed ',
    action: 'negotiation failed',
    activity: 'connection',
    outcome: 'failure',
    read: (rest) => userFrom(rest, false, false),
  },
  {
    start: 'ssh_dispatch_run_fatal: Connection from ',
    action: 'connection failed',
    activity: 'connection',
    outcome: 'failure',
    read: endpointAt,
  },
  { start: 'ssh_dispatch_run_fatal: ', action: 'connection failed', activity: 'connection', outcome: 'failure' },
  {
    start: 'drop connection ',
    action: 'connection refused',
    activity: 'connection',
    outcome: 'failure',
    read: readDropped,
  },
  {
    start: 'refused connect from ',
    action: 'connection refused',
    activity: 'connection',
    outcome: 'failure',
    read: readRefused,
  },
  {
    start: 'reverse mapping checking getaddrinfo for ',
    action: 'reverse mapping failed',
    activity: 'connection',
    outcome: 'failure',
    read: readReverseMapping,
  },
  { start: 'Address ', action: 'reverse mapping failed', activity: 'connection', outcome: 'failure', read: endpointAt },
  { start: 'Write failed: ', action: 'connection failed', activity: 'connection', outcome: 'failure' },
  { start: 'Read from socket failed: ', action: 'connection failed', activity: 'connection', outcome: 'failure' },
  {
    start: 'Read error from remote host ',
    action: 'connection failed',
    activity: 'connection',
    outcome: 'failure',
    read: endpointAt,
  },
  {
    start: 'Starting session: ',
    action: 'session opened',
    activity: 'session',
    read: (rest) => userFrom(rest.slice(rest.lastIndexOf(' for ') + 5)),
  },
  { start: 'Close session: user ', action: 'session closed', activity: 'session', read: (rest) => userFrom(rest) },
  {
    start: 'subsystem request for ',
    action: 'subsystem requested',
    activity: 'session',
    read: (rest) => userAfter(rest, ' by user '),
  },
  {
    start: 'Protocol major versions differ for ',
    action: 'bad identification',
    activity: 'connection',
    outcome: 'failure',
    read: endpointAt,
  },
  {
    start: 'Bad remote protocol version identification',
    action: 'bad identification',
    activity: 'connection',
    outcome: 'failure',
  },
  { start: 'Bad packet length ', action: 'connection failed', activity: 'connection', outcome: 'failure' },
  { start: 'Corrupted MAC on input', action: 'connection failed', activity: 'connection', outcome: 'failure' },
  { start: 'Connection reset', action: 'connection reset', activity: 'connection' },
  { start: 'Connection closed', action: 'connection closed', activity: 'connection' },
  { start: 'Closing connection to ', action: 'connection closed', activity: 'connection', read: endpointAt },
  {
    start: 'Timeout, client not responding from ',
    action: 'timeout',
    activity: 'connection',
    read: userBeforeEndpoint,
  },
  { start: 'Transferred: sent ', action: 'connection closed', activity: 'connection' },
  { start: 'no matching ', action: 'negotiation failed', activity: 'connection', outcome: 'failure' },
  { start: 'no hostkey alg', action: 'negotiation failed', activity: 'connection', outcome: 'failure' },
  { start: 'kex_protocol_error: ', action: 'negotiation failed', activity: 'connection', outcome: 'failure' },
  { start: 'kex protocol error: ', action: 'negotiation failed', activity: 'connection', outcome: 'failure' },
  {
    start: 'Nasty PTR record ',
    action: 'reverse mapping failed',
    activity: 'connection',
    outcome: 'failure',
    read: readNastyName,
  },
  {
    start: 'srclimit_penalise: ',
    action: 'address penalised',
    activity: 'connection',
    read: readPenalty,
  },
  { start: 'beginning MaxStartups throttling', action: 'throttling begun', activity: 'connection' },
  { start: 'exited MaxStartups throttling', action: 'throttling ended', activity: 'connection' },
  { start: 'User child is on pid ', action: 'session opened', activity: 'session' },
  { start: 'Attempt to write login records by non-root user', action: 'login record refused', activity: 'other' },
  { start: 'Received SIGHUP', action: 'server restarted', activity: 'other' },
  { start: 'Exiting on signal ', action: 'server stopped', activity: 'other' },
  { start: 'Server listening on ', action: 'server started', activity: 'other' },
  { start: 'Received signal ', action: 'server stopped', activity: 'other' },
];

/** Messages by their first character: forty comparisons a line become three. */
const byFirst = Map.groupBy(messages, (message) => message.start.charAt(0));

/** parseSshd reads OpenSSH's messages, of `sshd` and of `sshd-session` alike. */
export const parseSshd: ProgramParser = (message) => {
  const text = withoutLevel(message);
  const known = byFirst.get(text.charAt(0))?.find(({ start }) => text.startsWith(start));
  if (known === undefined) return parsePam(text);
  const fields: LineFields = { action: known.action, activity: known.activity };
  if (known.outcome !== undefined) fields['outcome'] = known.outcome;
  if (text.endsWith(' [preauth]')) fields['preauth'] = true;
  return known.read === undefined ? fields : Object.assign(fields, known.read(text.slice(known.start.length)));
};

function withoutLevel(text: string): string {
  if (text.startsWith('error: ')) return text.slice(7);
  return text.startsWith('fatal: ') ? text.slice(7) : text;
}
