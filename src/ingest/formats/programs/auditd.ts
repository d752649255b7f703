import { isIP } from 'node:net';
import type { RecordSource } from '../../../model/log-record.ts';
import { epochTime } from '../../../time/iso-time.ts';
import { dateAt } from '../clock/stamp.ts';
import type { LineFields, LineReader, ProgramParser } from '../text-format.ts';

/** AuditMeaning is what a record's type says happened. The outcome is the record's own `res` or `success`. */
interface AuditMeaning {
  readonly action: string;
  /** The action when it failed, where it has a name of its own. */
  readonly failed?: string;
  readonly activity: 'authentication' | 'session' | 'privilege-use' | 'account' | 'other';
}

/** https://github.com/linux-audit/audit-documentation/wiki/SPEC-Audit-Record-Types has them all; a new one is a row. */
const meanings: Readonly<Record<string, AuditMeaning>> = {
  USER_LOGIN: { action: 'login accepted', failed: 'login failed', activity: 'authentication' },
  USER_AUTH: { action: 'authentication', failed: 'authentication failure', activity: 'authentication' },
  USER_ACCT: { action: 'account accepted', failed: 'account refused', activity: 'authentication' },
  USER_ERR: { action: 'login failed', activity: 'authentication' },
  USER_LOGOUT: { action: 'session closed', activity: 'session' },
  USER_START: { action: 'session opened', activity: 'session' },
  USER_END: { action: 'session closed', activity: 'session' },
  LOGIN: { action: 'session opened', activity: 'session' },
  CRED_ACQ: { action: 'credentials acquired', activity: 'session' },
  CRED_DISP: { action: 'credentials disposed', activity: 'session' },
  CRED_REFR: { action: 'credentials refreshed', activity: 'session' },
  USER_CMD: { action: 'command run', failed: 'command refused', activity: 'privilege-use' },
  USER_ROLE_CHANGE: { action: 'role changed', activity: 'privilege-use' },
  USER_CHAUTHTOK: { action: 'password changed', activity: 'account' },
  ADD_USER: { action: 'user created', activity: 'account' },
  DEL_USER: { action: 'user deleted', activity: 'account' },
  ADD_GROUP: { action: 'group created', activity: 'account' },
  DEL_GROUP: { action: 'group deleted', activity: 'account' },
  USER_MGMT: { action: 'user changed', activity: 'account' },
  GRP_MGMT: { action: 'group changed', activity: 'account' },
  ACCT_LOCK: { action: 'account locked', activity: 'account' },
  ACCT_UNLOCK: { action: 'account unlocked', activity: 'account' },
  ANOM_LOGIN_FAILURES: { action: 'too many failures', activity: 'authentication' },
  ANOM_ABEND: { action: 'process crashed', activity: 'other' },
  ANOM_PROMISCUOUS: { action: 'promiscuous mode changed', activity: 'other' },
  EXECVE: { action: 'process started', activity: 'other' },
  SYSCALL: { action: 'system call', activity: 'other' },
  PATH: { action: 'path', activity: 'other' },
  AVC: { action: 'access denied', activity: 'other' },
  CONFIG_CHANGE: { action: 'audit configuration changed', activity: 'other' },
  DAEMON_START: { action: 'audit started', activity: 'other' },
  DAEMON_END: { action: 'audit stopped', activity: 'other' },
  SERVICE_START: { action: 'service started', activity: 'other' },
  SERVICE_STOP: { action: 'service stopped', activity: 'other' },
};

/** Fields that the audit system writes as hex when they hold a space, a quote or a control character. */
const encoded = new Set(
  'name exe comm cwd proctitle acct cmd data path dir file watch key old new grp vm ocomm device op'.split(' '),
);

/** The log source of auditd's records. */
export const auditSource: RecordSource = { product: 'linux', services: ['auditd'] };
const maxValues = 512;

/**
 * readAudit reads a line of audit.log, `type=USER_LOGIN msg=audit(1364481363.243:24287): pid=… msg='op=login acct="root" … res=failed'`,
 * and what `ausearch -i` makes of it: `msg=audit(03/28/2013 14:36:03.243:24287) : … acct=root …`, with names in the place of
 * numbers, and nothing in quotes or hex.
 */
export const readAudit: LineReader = (line, referenceTime) => {
  if (!line.startsWith('type=') && !line.startsWith('node=')) return undefined;
  const head = /^(?:node=(\S{1,255}) )?type=(\S{1,64}) msg=audit\(([\d./: APM-]{10,40}):(\d{1,20})\) ?: ?/.exec(line);
  if (head === null) return undefined;
  const [start, node, type = '', seconds = '', serial] = head;
  const raw = /^\d{1,12}\.\d{1,9}$/.test(seconds);
  const date = raw ? undefined : dateAt(seconds, 0, referenceTime);
  if (!raw && date?.end !== seconds.length) return undefined;
  const time = raw ? epochTime(Number(seconds)) : date?.time;
  const message = line.slice(start.length);
  return {
    ...(time !== undefined && { time }),
    source: auditSource,
    fields: {
      ...(node !== undefined && { hostname: node }),
      program: 'auditd',
      audit_id: `${raw || time === undefined ? seconds : (Date.parse(time) / 1000).toFixed(3)}:${serial}`,
      message,
      ...parseRecord(type, message, !raw),
      ...(date?.doubt !== undefined && { unparsed: date.doubt }),
    },
  };
};

/** parseAudit reads audit records that came through syslog or the journal: `USER_LOGIN pid=…`, `type=1400 audit(…): …`. */
export const parseAudit: ProgramParser = (message) => {
  const whole = readAudit(message, undefined);
  if (whole !== undefined) return whole.fields;
  const kernel = /^(?:audit: )?type=(\w{1,64}) audit\((\d{1,12}\.\d{1,9}:\d{1,20})\): ?/.exec(message);
  if (kernel !== null) {
    const [start, type = '', id = ''] = kernel;
    return { audit_id: id, ...parseRecord(typeNames[type] ?? type, message.slice(start.length)) };
  }
  const journal = /^([A-Z][A-Z0-9_]{2,40})(?:\[\d{1,10}\])? (?=\w+=)/.exec(message);
  return journal === null ? undefined : parseRecord(journal[1] ?? '', message.slice(journal[0].length));
};

/** The numbers that the kernel prints where nobody names them. */
const typeNames: Readonly<Record<string, string>> = {
  1100: 'USER_AUTH',
  1101: 'USER_ACCT',
  1103: 'CRED_ACQ',
  1104: 'CRED_DISP',
  1105: 'USER_START',
  1106: 'USER_END',
  1112: 'USER_LOGIN',
  1113: 'USER_LOGOUT',
  1123: 'USER_CMD',
  1300: 'SYSCALL',
  1302: 'PATH',
  1305: 'CONFIG_CHANGE',
  1309: 'EXECVE',
  1400: 'AVC',
  1701: 'ANOM_ABEND',
};

/** `interpreted` values are as `ausearch -i` writes them: what looks like hex is a word. */
function parseRecord(type: string, text: string, interpreted = false): LineFields {
  const values = readValues(type, text, interpreted);
  const meaning = meanings[type] ?? { action: type.toLowerCase().replaceAll('_', ' '), activity: 'other' };
  const outcome = outcomeOf(values);
  const failed = outcome === 'failure' && meaning.failed !== undefined;
  const fields: LineFields = {
    ...values,
    type,
    action: failed ? meaning.failed : meaning.action,
    activity: meaning.activity,
    ...(outcome !== undefined && { outcome }),
  };
  const user = values['acct'] ?? values['AUID'] ?? (interpreted ? named(values['auid']) : undefined);
  // `acct="(unknown)"` stands where the host has no such user.
  if (values['acct'] === '(unknown)' || values['acct'] === '(invalid user)') fields['invalid_user'] = true;
  else if (user !== undefined && user !== '?') fields['user'] = user;
  const { addr } = values;
  if (typeof addr === 'string' && isIP(addr) > 0) fields['src_ip'] = addr;
  // The peer's name; in all other formats `hostname` is the host that wrote the line.
  const peer = values['hostname'];
  delete fields['hostname'];
  if (typeof peer === 'string' && peer !== '?' && peer !== '' && isIP(peer) === 0) fields['src_host'] = peer;
  return fields;
}

/** Who nobody logged in as has no name. */
function named(auid: LineFields[string] | undefined): LineFields[string] | undefined {
  return auid === 'unset' || auid === '-1' || auid === '4294967295' ? undefined : auid;
}

function outcomeOf({ res, success }: LineFields): 'success' | 'failure' | undefined {
  if (res === 'success' || res === '1' || success === 'yes') return 'success';
  return res === 'failed' || res === '0' || success === 'no' ? 'failure' : undefined;
}

/**
 * Reads `key=value`, `key="value"` and, of `msg='…'`, what is inside. Of a key given twice the first counts, and of interpreted values
 * within the message the last.
 */
function readValues(type: string, text: string, interpreted: boolean): LineFields {
  const fields: LineFields = {};
  /** What the kernel says stands before the message of the program. */
  let ofKernel: ReadonlySet<string> | undefined;
  let count = 0;
  let at = 0;
  while (at < text.length) {
    const equals = text.indexOf('=', at);
    if (equals === -1) break;
    // Enriched logs put a group separator before the names they looked up; `('` of old records is skipped as well.
    const from = keyStart(text, at, equals);
    const key = text.slice(from, equals);
    const nested = key === 'msg' && text.charAt(equals + 1) === "'";
    if (nested) {
      ofKernel ??= new Set(Object.keys(fields));
      at = equals + 2;
      continue;
    }
    const { value, end, quoted } = valueAt(text, equals + 1);
    at = end;
    if (key === '' || key.length > 64) continue;
    if (++count > maxValues) {
      fields['unparsed'] = `more than ${maxValues} values`;
      break;
    }
    const piece = /^(a\d{1,5})\[\d{1,5}\]$/.exec(key);
    const name = piece?.[1] ?? key;
    const read = quoted || interpreted || !isEncoded(type, name) ? value : decoded(value);
    if (!Object.hasOwn(fields, name)) fields[name] = name === 'proctitle' ? read.replaceAll('\0', ' ') : read;
    else if (piece !== null) fields[name] = String(fields[name]) + read;
    else if (interpreted && ofKernel !== undefined && !ofKernel.has(name)) {
      // Names are bare there and may hold other values; what stands behind them is the program's own.
      fields[name] = read;
      fields['unparsed'] = `${name} is given twice: a name may hold one of them`;
    }
  }
  return fields;
}

function keyStart(text: string, from: number, equals: number): number {
  let at = equals;
  while (at > from && isKeyCharacter(text.charCodeAt(at - 1))) at--;
  return at;
}

function isKeyCharacter(code: number): boolean {
  return code > 0x20 && code !== 0x22 && code !== 0x27 && code !== 0x28 && code !== 0x2c && code !== 0x3d;
}

function valueAt(
  text: string,
  from: number,
): { readonly value: string; readonly end: number; readonly quoted: boolean } {
  const mark = text.charAt(from);
  if (mark === '"') {
    const close = text.indexOf('"', from + 1);
    const end = close === -1 ? text.length : close;
    return { value: text.slice(from + 1, end), end: end + 1, quoted: true };
  }
  let end = from;
  while (end < text.length && text.charCodeAt(end) > 0x20 && text.charAt(end) !== "'") end++;
  return { value: text.slice(from, end), end, quoted: false };
}

/** A SYSCALL's `a0` is a number in hex, an EXECVE's is a word. */
function isEncoded(type: string, key: string): boolean {
  return encoded.has(key) || (type === 'EXECVE' && /^a\d{1,5}$/.test(key));
}

function decoded(value: string): string {
  if (value.length < 2 || value.length % 2 === 1 || !/^[0-9A-F]+$/.test(value)) return value;
  // An argument like `22` is quoted, so what is bare is hex.
  return Buffer.from(value, 'hex').toString('utf8');
}
