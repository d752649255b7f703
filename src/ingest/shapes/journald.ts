import type { Fields, Ingested } from '../../model/log-record.ts';
import { epochTime, timeOf } from '../../time/iso-time.ts';
import { cleanText } from '../formats/clean-text.ts';
import { unitProgram } from '../formats/header/units.ts';
import { formatOf } from '../formats/programs.ts';
import { readMessage } from '../formats/syslog.ts';
import type { SyslogLine } from '../formats/text-format.ts';
import { distinctId, failure, plainOrigin, record } from '../ingested.ts';
import type { OpenOrigin, Opener } from '../ingested.ts';
import { inContainer } from './container-line.ts';
import { valueAt } from './spellings/paths.ts';

/**
 * The parts of a journal's entry by the names of the journal itself, of Fluent Bit with `Strip_Underscores` or `Lowercase`, of
 * AWS's Container Insights, Vector and Filebeat. A new shipper is a word here.
 * https://www.freedesktop.org/software/systemd/man/latest/systemd.journal-fields.html
 */
const names = {
  message: ['MESSAGE', 'message'],
  program: ['SYSLOG_IDENTIFIER', 'syslog_identifier', 'syslog.identifier', 'log.syslog.appname'],
  /** The process that wrote it, in the kernel's word. */
  writer: ['_COMM', 'COMM', '_comm', 'comm', 'journald.process.name', 'process.name'],
  unit: ['_SYSTEMD_UNIT', 'SYSTEMD_UNIT', '_systemd_unit', 'systemd_unit', 'systemd.unit'],
  pid: ['_PID', 'PID', '_pid', 'pid', 'SYSLOG_PID', 'syslog_pid', 'journald.pid', 'process.pid'],
  host: ['_HOSTNAME', 'HOSTNAME', '_hostname', 'hostname', 'host.hostname', 'host.name', 'host'],
  severity: ['PRIORITY', 'priority', 'syslog.priority', 'log.syslog.priority'],
  facility: ['SYSLOG_FACILITY', 'syslog_facility', 'syslog.facility', 'log.syslog.facility.code'],
  transport: ['_TRANSPORT', 'TRANSPORT', '_transport', 'transport', 'systemd.transport'],
  time: [
    '_SOURCE_REALTIME_TIMESTAMP',
    'SOURCE_REALTIME_TIMESTAMP',
    '__REALTIME_TIMESTAMP',
    'REALTIME_TIMESTAMP',
    '_source_realtime_timestamp',
    '__realtime_timestamp',
  ],
  cursor: ['__CURSOR', 'CURSOR', 'journald.cursor'],
} as const;

/** Fields that nobody but a journal gives: one of them beside a message makes it an entry. */
const distinctive = (
  '__REALTIME_TIMESTAMP _SOURCE_REALTIME_TIMESTAMP SYSLOG_IDENTIFIER SYSLOG_FACILITY _SYSTEMD_UNIT SYSTEMD_UNIT _BOOT_ID BOOT_ID ' +
  '_TRANSPORT TRANSPORT _boot_id syslog_identifier _systemd_unit systemd_unit journald systemd'
).split(' ');

/** isJournalEntry recognises what `journalctl -o json` writes, and what shippers make of it. */
export function isJournalEntry(value: Fields): boolean {
  if (!distinctive.some((name) => Object.hasOwn(value, name))) return false;
  if (textOf(value['__REALTIME_TIMESTAMP']) !== undefined && '__CURSOR' in value) return true;
  const message = names.message.find((name) => Object.hasOwn(value, name));
  return (
    message !== undefined &&
    [programOf(value), partOf(value, 'unit'), partOf(value, 'time')].some((one) => one !== undefined)
  );
}

/**
 * openJournalEntry reads the message as the program's that wrote it. The journal's own fields stay beside: those that begin with
 * an underscore are the kernel's word, so `SYSLOG_IDENTIFIER=sshd` with `_COMM=logger` was not written by sshd.
 */
export function* openJournalEntry(value: Fields, origin: OpenOrigin, open: Opener): Iterable<Ingested> {
  const time = epochTime(Number(partOf(value, 'time'))) ?? timeOf(value) ?? origin.time;
  if (time === undefined) {
    yield failure(origin, 'journal entry without a readable __REALTIME_TIMESTAMP');
    return;
  }
  const id = distinctId([partOf(value, 'cursor') ?? JSON.stringify(value)], origin);
  const container = textOf(value['CONTAINER_NAME']);
  const message = messageOf(value);
  if (container !== undefined) {
    yield* inContainer({ container, text: message }, { ...origin, time, id: origin.id ?? id }, open);
    return;
  }
  const entry = entryOf(value, cleanText(message));
  const forged = forgedBy(value, entry.program);
  const { fields, source } = readMessage(forged === undefined ? entry : { message: entry.message });
  const { account, region } = origin;
  yield record({
    id: origin.id ?? id,
    time,
    source,
    fields: {
      ...journalFields(value),
      ...fields,
      ...(entry.hostname !== undefined && { hostname: entry.hostname }),
      ...(forged !== undefined && {
        program: forged,
        unparsed: `it calls itself ${entry.program}, but ${forged} wrote it`,
      }),
    },
    origin: plainOrigin(origin),
    ...(account !== undefined && { account }),
    ...(region !== undefined && { region }),
  });
}

function entryOf(value: Fields, message: string): SyslogLine {
  const hostname = partOf(value, 'host');
  const program = programOf(value);
  const unit = program === undefined ? partOf(value, 'unit') : undefined;
  const pid = partOf(value, 'pid');
  const priority = Number(partOf(value, 'facility')) * 8 + Number(partOf(value, 'severity'));
  return {
    message,
    ...(hostname !== undefined && { hostname }),
    ...(program !== undefined && { program }),
    ...(unit !== undefined && { unit }),
    ...(pid !== undefined && { pid }),
    ...(Number.isInteger(priority) && priority >= 0 && priority <= 191 && { priority }),
  };
}

/** A shipper may leave out all but the unit: Container Insights does. */
function programOf(value: Fields): string | undefined {
  const unit = partOf(value, 'unit');
  return (
    partOf(value, 'program') ??
    partOf(value, 'writer') ??
    byTransport(value) ??
    (unit === undefined ? undefined : unitProgram(unit))
  );
}

function byTransport(value: Fields): string | undefined {
  const transport = partOf(value, 'transport');
  return transport === 'audit' || transport === 'kernel' ? transport : undefined;
}

/** The program that really wrote the entry, where it isn't the one that it calls itself. Names of processes are cut at 15 characters. */
function forgedBy(value: Fields, program: string | undefined): string | undefined {
  const writer = partOf(value, 'writer');
  if (writer === undefined || program === undefined || formatOf(program).itself !== true) return undefined;
  const [name, own] = [program.toLowerCase(), writer.toLowerCase()];
  return own.startsWith(name.slice(0, 15)) || name.startsWith(own) ? undefined : writer;
}

/** The message is an array of bytes where it isn't clean text, and null where it is too large. */
function messageOf(value: Fields): string {
  const message = names.message.map((name) => value[name]).find((one) => one !== undefined && one !== null);
  if (typeof message === 'string') return message;
  if (!Array.isArray(message)) return '';
  return Buffer.from(message.map((byte) => (typeof byte === 'number' ? byte & 255 : 63))).toString('utf8');
}

/** Everything but the message and the cursor, which only the journal itself understands. */
function journalFields(value: Fields): Fields {
  return Object.fromEntries(Object.entries(value).filter(([name]) => name !== 'MESSAGE' && name !== '__CURSOR'));
}

function partOf(value: Fields, part: keyof typeof names): string | undefined {
  for (const name of names[part]) {
    const text = textOf(valueAt(value, name));
    if (text !== undefined) return text;
  }
  return undefined;
}

/** A field that was given several times is an array; the first counts. */
function textOf(value: unknown): string | undefined {
  const first: unknown = Array.isArray(value) ? value[0] : value;
  if (typeof first === 'number') return String(first);
  return typeof first === 'string' && first !== '' ? first : undefined;
}
