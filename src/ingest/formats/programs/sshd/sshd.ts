import type { LineFields, ProgramParser } from '../../text-format.ts';
import { parsePam } from '../pam/pam.ts';
import { connections } from './connections.ts';
import { logins } from './logins.ts';
import type { MessageGroup, SshdMessage } from './message.ts';
import { server } from './server.ts';

type Message = Omit<MessageGroup, 'messages'> & { readonly message: SshdMessage };

/**
 * Where the address stands decides how it is read: what an attacker can choose (user name, disconnect text, client version)
 * stands before it or after it, never on both sides but in the few messages that `onlyEndpoint` reads. Of two rows that begin
 * alike, the longer one comes first; failures stand before successes.
 */
const messages: readonly Message[] = [...logins, ...connections, ...server]
  .flatMap(({ messages: rows, ...group }) => rows.map((message) => ({ ...group, message })))
  .toSorted((a, b) => b.message[0].length - a.message[0].length);

/** Messages by their first character: a hundred comparisons a line become ten. */
const byFirst = Map.groupBy(messages, ({ message: [start] }) => start.charAt(0));

/** parseSshd reads OpenSSH's messages, of `sshd` and of `sshd-session` alike. */
export const parseSshd: ProgramParser = (message) => {
  const text = withoutLevel(message);
  for (const { activity, outcome, message: row } of byFirst.get(text.charAt(0)) ?? []) {
    const [start, action, read] = row;
    if (!text.startsWith(start)) continue;
    const found = read === undefined ? {} : read(text.slice(start.length));
    if (found === undefined) continue;
    const fields: LineFields = { action, activity };
    if (outcome !== undefined) fields['outcome'] = outcome;
    if (text.endsWith(' [preauth]')) fields['preauth'] = true;
    return Object.assign(fields, found);
  }
  return parsePam(text);
};

function withoutLevel(text: string): string {
  if (text.startsWith('error: ')) return text.slice(7);
  return text.startsWith('fatal: ') ? text.slice(7) : text;
}
