import type { Fields, Ingested } from '../../model/log-record.ts';
import { cleanText } from '../formats/clean-text.ts';
import { formatOf } from '../formats/programs.ts';
import { readMessage } from '../formats/syslog.ts';
import type { SyslogLine } from '../formats/text-format.ts';
import { digestId, failure, plainOrigin, record } from '../ingested.ts';
import type { OpenOrigin, Opener } from '../ingested.ts';
import { epochTime } from '../../time/iso-time.ts';
import { inContainer } from './container-line.ts';

/** isJournalEntry recognises what `journalctl -o json` writes. https://www.freedesktop.org/software/systemd/man/latest/systemd.journal-fields.html */
export function isJournalEntry(value: Fields): boolean {
  return typeof value['__REALTIME_TIMESTAMP'] === 'string' && ('MESSAGE' in value || '__CURSOR' in value);
}

/**
 * openJournalEntry reads the message as the program's that wrote it. The journal's own fields stay beside: those that begin with
 * an underscore are the kernel's word, so `SYSLOG_IDENTIFIER=sshd` with `_COMM=logger` is no word of sshd's.
 */
export function* openJournalEntry(value: Fields, origin: OpenOrigin, open: Opener): Iterable<Ingested> {
  const written = textOf(value['_SOURCE_REALTIME_TIMESTAMP']) ?? textOf(value['__REALTIME_TIMESTAMP']);
  const time = epochTime(Number(written)) ?? origin.time;
  if (time === undefined) {
    yield failure(origin, 'journal entry without a readable __REALTIME_TIMESTAMP');
    return;
  }
  const id = textOf(value['__CURSOR']) ?? digestId([JSON.stringify(value)]);
  const container = textOf(value['CONTAINER_NAME']);
  const message = messageOf(value['MESSAGE']);
  if (container !== undefined) {
    yield* inContainer({ container, text: message }, { ...origin, time, id: origin.id ?? digestId([id]) }, open);
    return;
  }
  const entry = entryOf(value, cleanText(message));
  const forged = forgedBy(value, entry.program);
  const { fields, source } = readMessage(forged === undefined ? entry : { message: entry.message });
  const { account, region } = origin;
  yield record({
    id: origin.id ?? digestId([id]),
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
  const hostname = textOf(value['_HOSTNAME']);
  const program = textOf(value['SYSLOG_IDENTIFIER']) ?? textOf(value['_COMM']) ?? byTransport(value);
  const pid = textOf(value['_PID']) ?? textOf(value['SYSLOG_PID']);
  const severity = Number(textOf(value['PRIORITY']));
  const facility = Number(textOf(value['SYSLOG_FACILITY']));
  const priority = facility * 8 + severity;
  return {
    message,
    ...(hostname !== undefined && { hostname }),
    ...(program !== undefined && { program }),
    ...(pid !== undefined && { pid }),
    ...(Number.isInteger(priority) && priority >= 0 && priority <= 191 && { priority }),
  };
}

function byTransport(value: Fields): string | undefined {
  const transport = textOf(value['_TRANSPORT']);
  return transport === 'audit' || transport === 'kernel' ? transport : undefined;
}

/** The program that really wrote the entry, where it isn't the one that it calls itself. Names of processes are cut at 15 characters. */
function forgedBy(value: Fields, program: string | undefined): string | undefined {
  const writer = textOf(value['_COMM']);
  if (writer === undefined || program === undefined || formatOf(program).itself !== true) return undefined;
  const [name, own] = [program.toLowerCase(), writer.toLowerCase()];
  return own.startsWith(name.slice(0, 15)) || name.startsWith(own) ? undefined : writer;
}

/** The message is an array of bytes where it isn't clean text, and null where it is too large. */
function messageOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value)) return '';
  return Buffer.from(value.map((byte) => (typeof byte === 'number' ? byte & 255 : 63))).toString('utf8');
}

/** Everything but the message and the cursor, which only the journal itself understands. */
function journalFields(value: Fields): Fields {
  return Object.fromEntries(Object.entries(value).filter(([name]) => name !== 'MESSAGE' && name !== '__CURSOR'));
}

/** A field that was given several times is an array; the first counts. */
function textOf(value: unknown): string | undefined {
  const first: unknown = Array.isArray(value) ? value[0] : value;
  return typeof first === 'string' && first !== '' ? first : undefined;
}
