import { parsePam } from './pam.ts';
import type { LineFields, ProgramParser } from '../text-format.ts';

/** What sudo says before the fields when it refuses. */
const refusals = [
  'user NOT in sudoers',
  'command not allowed',
  'user NOT authorized on host',
  'a password is required',
  'no tty present',
  'a terminal is required',
  'sorry, you must have a tty to run sudo',
  'incorrect password attempt',
  'unknown user',
  'unable to',
];

const names = ['HOST', 'TTY', 'CHROOT', 'PWD', 'USER', 'GROUP', 'TSID', 'ENV', 'COMMAND'];

/**
 * parseSudo reads `alice : TTY=pts/0 ; PWD=/home/alice ; USER=root ; COMMAND=/usr/bin/id`, also refused with a reason before
 * TTY. Fields keep sudo's names; `user` is who ran it. COMMAND comes last and takes the rest of the line, so that a
 * ` ; USER=` in it stays part of the command.
 */
export const parseSudo: ProgramParser = (message) => {
  const colon = message.indexOf(' : ');
  if (colon === -1) return parsePam(message);
  const user = message.slice(0, colon).trim();
  const fields: LineFields = { user };
  let reason = '';
  let at = colon + 3;
  while (at < message.length) {
    const part = namedPart(message, at);
    if (part?.name === 'COMMAND') {
      fields['COMMAND'] = message.slice(part.from);
      break;
    }
    const end = message.indexOf(' ; ', at);
    const stop = end === -1 ? message.length : end;
    if (part === undefined) reason = reason === '' ? message.slice(at, stop) : reason;
    else if (fields[part.name] === undefined) fields[part.name] = message.slice(part.from, stop).trimEnd();
    at = stop + 3;
  }
  const refused = refusals.some((text) => reason.includes(text));
  return {
    action: refused ? 'command refused' : 'command run',
    activity: 'privilege-use',
    outcome: refused ? 'failure' : 'success',
    ...fields,
    ...(reason !== '' && { reason }),
  };
};

function namedPart(text: string, at: number): { readonly name: string; readonly from: number } | undefined {
  const name = names.find((candidate) => text.startsWith(candidate, at) && text.charAt(at + candidate.length) === '=');
  return name === undefined ? undefined : { name, from: at + name.length + 1 };
}
