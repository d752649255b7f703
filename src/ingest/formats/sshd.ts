import { isIP } from 'node:net';
import { parsePam } from './pam.ts';
import type { LineFields, ProgramParser } from './text-format.ts';

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

/** `password for invalid user bob from 192.0.2.1 port 4711 ssh2: RSA SHA256:…`, after `Accepted ` or `Failed `. */
function readLogin(rest: string): LineFields {
  const after = rest.indexOf(' for ');
  if (after === -1) return {};
  const method = { auth_method: rest.slice(0, after) };
  const text = withoutPreauth(rest.slice(after + 5));
  // Only the end of the line is sshd's own word: a key's type and fingerprint hold no space.
  const plain = /^(.*) ssh[12](?:: (\S+) (\S+))?$/s.exec(text);
  if (plain !== null) return { ...method, ...userFrom(plain[1] ?? ''), ...keyOf(plain[2], plain[3]) };
  // A certificate's key id, which follows, is the client's to choose just as the user name before the address is.
  return { ...method, ...onlyEndpoint(text), ...certificateAtEnd(text) };
}

function keyOf(type: string | undefined, fingerprint: string | undefined): LineFields {
  return type === undefined || fingerprint === undefined ? {} : { key_type: type, key_fingerprint: fingerprint };
}

/** `… ssh2: ED25519-CERT SHA256:… ID alice@example (serial 42) CA ED25519 SHA256:…`: what stands round the key's id is sshd's own. */
function certificateAtEnd(text: string): LineFields {
  const end = / \(serial (\d{1,20})\) CA (\S{1,64}) (\S{1,128})$/.exec(text.slice(-300));
  if (end === null) return {};
  const [tail, serial = '', type = '', fingerprint = ''] = end;
  const before = text.slice(0, text.length - tail.length);
  const key = / ssh2: (\S{1,64}-CERT\S{0,32}) (\S{1,128}) ID /.exec(before);
  return {
    ...(key !== null && { ...keyOf(key[1], key[2]), cert_id: before.slice(key.index + key[0].length) }),
    cert_serial: serial,
    ca_type: type,
    ca_fingerprint: fingerprint,
  };
}

/** `"alice@example" (serial 42) signed by ED25519 CA SHA256:… via /etc/ssh/ca.pub`. */
function readCertificate(rest: string): LineFields {
  const end = /" \(serial (\d{1,20})\) signed by (\S{1,64}) CA (\S{1,128})(?: via (\S{1,256}))?$/.exec(
    withoutPreauth(rest).slice(-700),
  );
  if (end === null) return {};
  const [tail, serial = '', type = '', fingerprint = ''] = end;
  const text = withoutPreauth(rest);
  return {
    cert_id: text.slice(1, text.length - tail.length),
    cert_serial: serial,
    ca_type: type,
    ca_fingerprint: fingerprint,
  };
}

/** `ED25519 SHA256:… found at /home/alice/.ssh/authorized_keys:1`. */
function readKey(rest: string): LineFields {
  const found = /^(\S{1,64}) (\S{1,128}) found at (.{1,512})$/s.exec(rest);
  return found === null ? {} : { ...keyOf(found[1], found[2]), key_file: found[3] ?? '' };
}

/** `[invalid user ]NAME from ADDRESS[ port N][ id N]`, read from the right: NAME may itself hold ` from … port …`. */
function userFrom(rest: string, bare = false, named = true): LineFields {
  const text = withoutPreauth(rest);
  const from = text.lastIndexOf(' from ');
  // `Invalid user  from …` has an empty name, and `Too many authentication failures for root` no address.
  if (from === -1) return bare ? userOf(text) : {};
  const endpoint = endpointAt(text.slice(from + 6));
  return named ? { ...userOf(text.slice(0, from)), ...endpoint } : endpoint;
}

/** `[authenticating user |invalid user |user ]NAME ADDRESS[ port N]`, read from the right. */
function userBeforeEndpoint(rest: string): LineFields {
  const words = withoutPreauth(rest);
  const port = / port (\d{1,5})$/.exec(words);
  const text = port === null ? words : words.slice(0, port.index);
  const space = text.lastIndexOf(' ');
  const endpoint = {
    ...addressOf(text.slice(space + 1)),
    ...(port?.[1] !== undefined && { src_port: Number(port[1]) }),
  };
  return space === -1 ? endpoint : { ...userOf(text.slice(0, space)), ...endpoint };
}

/** The one `ADDRESS port N` of a text whose both sides are the client's. Where there are several, none can be believed. */
function onlyEndpoint(rest: string): LineFields {
  const found: { readonly at: number; readonly fields: LineFields }[] = [];
  for (let at = rest.indexOf(' port '); at !== -1; at = rest.indexOf(' port ', at + 1)) {
    const start = rest.lastIndexOf(' ', at - 1) + 1;
    const fields = endpointAt(rest.slice(start, at + 12));
    if (fields['src_ip'] !== undefined && fields['src_port'] !== undefined) found.push({ at: start, fields });
    if (found.length > 1) return { unparsed: 'more than one address in what the client chose' };
  }
  const [only] = found;
  if (only === undefined) return {};
  const name = rest.slice(0, only.at).trimEnd();
  return { ...userOf(name.endsWith(' from') ? name.slice(0, -5) : name), ...only.fields };
}

/** `ADDRESS port N…`, `ADDRESS:…`, `ADDRESS…`, read from the left: what follows may be the client's words. */
function endpointAt(rest: string): LineFields {
  const space = rest.indexOf(' ');
  const word = space === -1 ? rest : rest.slice(0, space);
  const port = space === -1 ? null : /^ port (\d{1,5})(?!\d)/.exec(rest.slice(space, space + 12));
  return { ...addressOf(word), ...(port?.[1] !== undefined && { src_port: Number(port[1]) }) };
}

/** An address as such, else the host name that stands there; `UNKNOWN` is neither. */
function addressOf(word: string): LineFields {
  const trimmed = /^\[?([^\]]*?)\]?[:.,]?$/.exec(word)?.[1] ?? word;
  // `2001:db8::` ends in colons of its own.
  const address = isIP(word) > 0 ? word : trimmed;
  if (isIP(address) > 0)
    return { src_ip: address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address };
  return address === '' || address === 'UNKNOWN' ? {} : { src_host: address };
}

const userKinds = ['invalid user ', 'illegal user ', 'authenticating user ', 'user '];

function userOf(text: string): LineFields {
  const kind = userKinds.find((start) => text.startsWith(start));
  // An empty name leaves only the kind: `invalid user`.
  if (kind === undefined) return text === 'invalid user' ? { user: '', invalid_user: true } : { user: text };
  const user = text.slice(kind.length);
  return kind === 'invalid user ' || kind === 'illegal user ' ? { user, invalid_user: true } : { user };
}

/** `root from 192.0.2.1 not allowed because not listed in AllowUsers`. */
function readNotAllowed(rest: string): LineFields {
  const end = rest.lastIndexOf(' not allowed because ');
  return end === -1 ? userFrom(rest) : userFrom(rest.slice(0, end), true);
}

/** `Authentication failure for illegal user bob from 192.0.2.1`. */
function readPamError(rest: string): LineFields {
  const after = rest.indexOf(' for ');
  return after === -1 ? {} : { pam_message: rest.slice(0, after), ...userFrom(rest.slice(after + 5), true) };
}

/** `root with correct key but not from a permitted host (host=client.example, ip=192.0.2.1, required=…).` */
function readNotPermitted(rest: string): LineFields {
  const ip = /, ip=([^,\s]{2,64}),? /.exec(rest.slice(rest.lastIndexOf(' (host=')))?.[1];
  return {
    ...beforeMark(rest, ' with correct key but not from a permitted host'),
    ...(ip === undefined ? {} : addressOf(ip)),
  };
}

/** The user's name, up to the words that sshd puts behind it. */
function beforeMark(rest: string, mark: string): LineFields {
  const at = rest.lastIndexOf(mark);
  return at === -1 ? {} : userOf(rest.slice(0, at));
}

/** `"192.0.2.9" is set up for 192.0.2.1, ignoring`; the name is whatever the client's DNS says. */
function readNastyName(rest: string): LineFields {
  const at = rest.lastIndexOf('" is set up for ');
  return at === -1 ? {} : { ...endpointAt(rest.slice(at + 16)), src_host: rest.slice(1, at) };
}

/** `ipv4: new 192.0.2.1/32 deferred penalty of 5 seconds for penalty: failed authentication`. */
function readPenalty(rest: string): LineFields {
  const found = /^\S{1,16} (?:new|\S{1,32}) ?([\da-fA-F.:]{2,45})\/\d{1,3} /.exec(rest);
  const reason = rest.lastIndexOf('penalty: ');
  return {
    ...(found?.[1] !== undefined && addressOf(found[1])),
    ...(reason !== -1 && { reason: rest.slice(reason + 9) }),
  };
}

/** `#10 from [192.0.2.1]:4711 on [198.51.100.1]:22 past MaxStartups`. */
function readDropped(rest: string): LineFields {
  const found = /from \[([^\]]{1,64})\]:(\d{1,5}) /.exec(rest);
  return found === null ? {} : { ...addressOf(found[1] ?? ''), src_port: Number(found[2]) };
}

/** `host.example (192.0.2.1)`. */
function readRefused(rest: string): LineFields {
  const open = rest.lastIndexOf('(');
  return open === -1 ? endpointAt(rest) : addressOf(rest.slice(open + 1).replace(/\)$/, ''));
}

/** `host.example [192.0.2.1] failed - POSSIBLE BREAK-IN ATTEMPT!`; the name is whatever the client's DNS says. */
function readReverseMapping(rest: string): LineFields {
  const open = rest.lastIndexOf(' [');
  const close = rest.indexOf(']', open);
  return open === -1 || close === -1
    ? {}
    : { ...addressOf(rest.slice(open + 2, close)), src_host: rest.slice(0, open) };
}

function userAfter(rest: string, mark: string): LineFields {
  const at = rest.lastIndexOf(mark);
  return at === -1 ? {} : { user: rest.slice(at + mark.length) };
}

function withoutPreauth(text: string): string {
  return text.endsWith(' [preauth]') ? text.slice(0, -10) : text;
}

function withoutSsh2(text: string): string {
  const trimmed = withoutPreauth(text);
  return trimmed.endsWith(' ssh2') ? trimmed.slice(0, -5) : trimmed;
}

function withoutLevel(text: string): string {
  if (text.startsWith('error: ')) return text.slice(7);
  return text.startsWith('fatal: ') ? text.slice(7) : text;
}
