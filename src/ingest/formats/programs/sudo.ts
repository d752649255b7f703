import type { LineFields, ProgramParser } from '../text-format.ts';
import { parseJson } from '../../json/json-text.ts';
import { parsePam } from './pam/pam.ts';

const names = ['HOST', 'TTY', 'CHROOT', 'PWD', 'USER', 'GROUP', 'TSID', 'ENV', 'COMMAND'];

/**
 * What sudo says before its fields and means no refusal; everything else there is one. The command itself, if it ran, has a line
 * of its own.
 */
const notices = [
  '(command continued)',
  'problem with defaults entries',
  'unable to resolve host ',
  'unable to send mail',
  'unable to open log file',
  'time stamp ',
  'timestamp ',
  'ignoring time stamp ',
  'ignoring timestamp ',
];

const ran = { action: 'command run', activity: 'privilege-use', outcome: 'success' } as const;
const refused = { action: 'command refused', activity: 'privilege-use', outcome: 'failure' } as const;
const noticed = { action: 'sudo notice', activity: 'other' } as const;

/**
 * parseSudo reads `alice : TTY=pts/0 ; PWD=/home/alice ; USER=root ; COMMAND=/usr/bin/id`. What stands before the first `NAME=` is
 * why sudo refused. Fields keep sudo's names; `user` is who ran it. COMMAND comes last and takes the rest of the line, so
 * that a ` ; USER=` in it stays part of the command.
 */
export const parseSudo: ProgramParser = (message) => {
  if (message.startsWith('@cee:')) return readJson(message.slice(5));
  const colon = message.indexOf(' : ');
  if (colon === -1 || message.startsWith('pam_')) return parsePam(message);
  const user = message.slice(0, colon).trim();
  if (user === '' || user.length > 256) return undefined;
  const first = firstName(message, colon + 3);
  const reason = message
    .slice(colon + 3, first)
    .replace(/ ; $/, '')
    .trim();
  const notice = notices.some((start) => reason.startsWith(start));
  // Whatever sudo says of a command names who it would have run as.
  if (first === message.length) return notice ? { ...noticed, user, reason } : undefined;
  const fields = fieldsFrom(message, first);
  return {
    ...(reason === '' ? ran : notice ? noticed : refused),
    user,
    ...fields,
    ...(reason !== '' && { reason }),
  };
};

/** Where the first `NAME=` begins, or the end: a reason may itself hold ` ; `. */
function firstName(text: string, from: number): number {
  for (let at = from; at !== -1 && at < text.length;) {
    if (nameAt(text, at) !== undefined) return at;
    const next = text.indexOf(' ; ', at);
    at = next === -1 ? -1 : next + 3;
  }
  return text.length;
}

function fieldsFrom(text: string, from: number): LineFields {
  const fields: LineFields = {};
  let at = from;
  while (at < text.length) {
    const part = nameAt(text, at);
    if (part?.name === 'COMMAND') {
      fields['COMMAND'] = text.slice(part.from);
      break;
    }
    const end = text.indexOf(' ; ', at);
    const stop = end === -1 ? text.length : end;
    if (part !== undefined && fields[part.name] === undefined)
      fields[part.name] = text.slice(part.from, stop).trimEnd();
    at = stop + 3;
  }
  // A folder's name is its owner's choice, and stands before who the command ran as.
  if (
    typeof fields['PWD'] === 'string' &&
    typeof fields['COMMAND'] === 'string' &&
    text.split(' ; COMMAND=', 3).length > 2
  ) {
    fields['unparsed'] = 'more than one COMMAND: a folder or a command is named so that it holds one';
  }
  return fields;
}

function nameAt(text: string, at: number): { readonly name: string; readonly from: number } | undefined {
  const name = names.find((candidate) => text.startsWith(candidate, at) && text.charAt(at + candidate.length) === '=');
  return name === undefined ? undefined : { name, from: at + name.length + 1 };
}

/** Names that sudo's JSON log gives what its lines call otherwise. https://www.sudo.ws/docs/man/sudoers.man/#EVENT_LOGGING */
const jsonNames: Readonly<Record<string, string>> = {
  submituser: 'user',
  submithost: 'HOST',
  submitcwd: 'PWD',
  runuser: 'USER',
  rungroup: 'GROUP',
  ttyname: 'TTY',
  reason: 'reason',
};

/** `log_format=json`: `{"sudo":{"accept":{"submituser":"alice","command":"/usr/bin/id",…}}}`. */
function readJson(text: string): LineFields | undefined {
  const parsed = parseJson(text.trim());
  const sudo = parsed.ok ? at(parsed.value, 'sudo') : undefined;
  for (const [kind, means] of [
    ['reject', refused],
    ['alert', noticed],
    ['accept', ran],
  ] as const) {
    const event = at(sudo, kind);
    if (event === undefined) continue;
    const fields: LineFields = { ...means };
    for (const [from, to] of Object.entries(jsonNames)) {
      const value = at(event, from);
      if (typeof value === 'string' && value !== '') fields[to] = value;
    }
    const argv = at(event, 'runargv');
    const command =
      Array.isArray(argv) && argv.every((word) => typeof word === 'string') ? argv.join(' ') : at(event, 'command');
    return typeof command === 'string' ? { ...fields, COMMAND: command } : fields;
  }
  return undefined;
}

function at(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;
}
