import type { Fields, Ingested } from '../../model/log-record.ts';
import { isoTime, timeOf } from '../../time/iso-time.ts';
import { cleanText } from '../formats/clean-text.ts';
import { stampAt } from '../formats/clock/stamp.ts';
import { priorityOf } from '../formats/header/priority.ts';
import { programOf } from '../formats/header/tag.ts';
import { readsMessage } from '../formats/programs.ts';
import { readMessage } from '../formats/syslog.ts';
import type { SyslogLine } from '../formats/text-format.ts';
import { distinctId, failure, plainOrigin, record } from '../ingested.ts';
import type { OpenOrigin } from '../ingested.ts';
import { valueAt } from './spellings/paths.ts';

/**
 * What syslogs and shippers call the parts of a host's line when they write it as JSON: Fluent Bit and Fluentd (`ident`), rsyslog
 * (`programname`), syslog-ng (`PROGRAM`), Vector (`appname`), Logstash (`logsource`), Elastic's schema (`process.name`,
 * `log.syslog.…`), OpenTelemetry (`proc_id`), GELF (`_application_name`), NXLog (`SourceName`). A new name is a word here.
 */
const names = {
  /** Only syslogs call a program so. */
  program: words(`
    ident programname appname app-name app_name APP-NAME PROGRAM syslogtag syslog_identifier syslog.identifier
    log.syslog.appname SYSLOG_IDENTIFIER
  `),
  /** Applications call themselves so, too: there the message must be one of that program's. */
  anyProgram: words(`
    program program_name process.name process.program application_name _application_name _program SourceName tag
    service
  `),
  message: words('message msg MESSAGE Message log short_message full_message body'),
  pid: words('pid PID procid proc_id process.pid process_id _process_id ProcessID log.syslog.procid journald.pid'),
  host: words('hostname host host.name host.hostname HOST Hostname logsource fromhost log.syslog.hostname HOSTNAME'),
  priority: words('pri priority PRI log.syslog.priority syslog.pri'),
  facility: words(`
    facility syslogfacility syslogfacility-text syslog_facility FACILITY SyslogFacility log.syslog.facility.code
    log.syslog.facility.name syslog.facility
  `),
  severity: words(`
    severity syslogseverity syslogseverity-text syslog_severity PRIORITY SyslogSeverity level log.syslog.severity.code
    log.syslog.severity.name syslog.priority syslog.severity
  `),
  time: words('timereported timegenerated ISODATE DATE EventTime timestamp time datetime date'),
} as const;

/** isHostLine recognises a line of a host's program as a syslog or a shipper writes it as JSON. */
export function isHostLine(value: Fields): boolean {
  return lineOf(value) !== undefined;
}

/** openHostLine reads the message as the program's that wrote it; what the shipper says beside it stays. */
export function* openHostLine(value: Fields, origin: OpenOrigin): Iterable<Ingested> {
  const line = lineOf(value);
  if (line === undefined) return;
  const time = timeOf(value) ?? stampOf(value, origin.time) ?? origin.time;
  if (time === undefined) {
    yield failure(origin, `line of ${line.program} as JSON without a time`);
    return;
  }
  const { fields, source } = readMessage(line);
  const { account, region } = origin;
  yield record({
    id: origin.id ?? distinctId([JSON.stringify(value)], origin),
    time,
    source,
    fields: { ...beside(value), ...fields },
    origin: plainOrigin(origin),
    ...(account !== undefined && { account }),
    ...(region !== undefined && { region }),
  });
}

/** What the shipper says beside it, but for the words in which we say what a message says: those come from the message alone. */
function beside(value: Fields): Fields {
  return Object.fromEntries(Object.entries(value).filter(([name]) => !ourWords.has(name)));
}

const ourWords: ReadonlySet<string> = new Set(
  words(
    'action activity outcome user invalid_user by_user target_user src_ip src_port src_host pam_rhost unparsed repeat',
  ),
);

function lineOf(value: Fields): SyslogLine | undefined {
  const own = textOf(value, names.program);
  const named = own ?? textOf(value, names.anyProgram);
  if (named === undefined) return undefined;
  const tag = tagOf(named);
  const program = tag === undefined ? undefined : programOf(tag.program);
  const message = textOf(value, names.message) ?? sshdMessage(value);
  if (tag === undefined || program === undefined || message === undefined) return undefined;
  const hostname = textOf(value, names.host);
  const pid = tag.pid ?? textOf(value, names.pid);
  const priority =
    numberOf(value, names.priority) ?? priorityOf(textOf(value, names.facility), textOf(value, names.severity));
  // A program's name and a message are an application's as well; a syslog says which host or which process.
  if (hostname === undefined && pid === undefined && priority === undefined) return undefined;
  if (own === undefined && !readsMessage(program, message.trim())) return undefined;
  return {
    program,
    message: cleanText(message),
    ...(hostname !== undefined && { hostname }),
    ...(pid !== undefined && { pid }),
    ...(priority !== undefined && { priority }),
  };
}

/** `sshd`, and rsyslog's tag as it stood in the header: `sshd[812]:`. */
function tagOf(name: string): { readonly program: string; readonly pid?: string } | undefined {
  const found = /^([^\s:[\]{}"]{1,128})(?:\[(\d{1,10})\])?:?$/.exec(name.trim());
  if (found === null) return undefined;
  const [, program = '', pid] = found;
  return { program, ...(pid !== undefined && { pid }) };
}

/**
 * Elastic's pipeline for `system.auth` takes sshd's message apart and throws it away: what it says is put together again.
 * https://www.elastic.co/guide/en/beats/filebeat/current/exported-fields-system.html
 */
function sshdMessage(value: Fields): string | undefined {
  const event = valueAt(value, 'system.auth.ssh.event');
  const user = valueAt(value, 'user.name');
  const address = valueAt(value, 'source.ip') ?? valueAt(value, 'source.address');
  if (typeof user !== 'string' || typeof address !== 'string') return undefined;
  const port = textOf(value, ['source.port']) ?? '0';
  if (event === 'Invalid') return `Invalid user ${user} from ${address} port ${port}`;
  if (event !== 'Failed' && event !== 'Accepted') return undefined;
  const method = valueAt(value, 'system.auth.ssh.method');
  return `${event} ${typeof method === 'string' ? method : 'password'} for ${user} from ${address} port ${port} ssh2`;
}

/** A time as a syslog writes it, where nothing else is one: `Mar 11 05:33:00`. */
function stampOf(value: Fields, referenceTime: string | undefined): string | undefined {
  for (const name of names.time) {
    const text = valueAt(value, name);
    if (typeof text !== 'string') continue;
    const time = isoTime(text) ?? stampAt(text, 0, referenceTime)?.time;
    if (time !== undefined) return time;
  }
  return undefined;
}

function textOf(value: Fields, paths: readonly string[]): string | undefined {
  for (const path of paths) {
    const found = valueAt(value, path);
    if (typeof found === 'string' && found !== '' && found !== '-') return found;
    if (typeof found === 'number') return String(found);
  }
  return undefined;
}

function numberOf(value: Fields, paths: readonly string[]): number | undefined {
  const text = textOf(value, paths);
  const number = text === undefined ? Number.NaN : Number(text);
  return Number.isInteger(number) && number >= 0 && number <= 191 ? number : undefined;
}

function words(text: string): readonly string[] {
  return text.trim().split(/\s+/);
}
