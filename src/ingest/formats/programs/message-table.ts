import { addressFields } from '../address.ts';
import type { LineFields } from '../text-format.ts';

/**
 * MessageRow is one message that a program writes. Each named group is a field, but `address` (the client's address, or its name)
 * and `port`. A group whose words a stranger may have chosen takes everything between words of the program.
 */
export interface MessageRow {
  readonly pattern: RegExp;
  /** What the message says, whatever its words. */
  readonly means: LineFields;
}

/** readMessageTable reads a message by the first row that it fits; undefined when it fits none. */
export function readMessageTable(rows: readonly MessageRow[], message: string): LineFields | undefined {
  for (const { pattern, means } of rows) {
    const found = pattern.exec(message);
    if (found !== null) return { ...means, ...fieldsOf(found.groups) };
  }
  return undefined;
}

function fieldsOf(groups: Readonly<Record<string, string | undefined>> | undefined): LineFields {
  const fields: LineFields = {};
  for (const [name, value] of Object.entries(groups ?? {})) {
    if (value === undefined) continue;
    if (name === 'address') Object.assign(fields, addressFields(value));
    else if (name === 'port') fields['src_port'] = Number(value);
    else if (name === 'failures') fields[name] = Number(value);
    else if (value !== '' || name === 'user') fields[name] = value;
  }
  return fields;
}

/** What messages of several programs say, in the words that rules ask for. */
export const loginAccepted = { action: 'login accepted', activity: 'authentication', outcome: 'success' } as const;
export const loginFailed = { action: 'login failed', activity: 'authentication', outcome: 'failure' } as const;
export const loginRefused = { action: 'login refused', activity: 'authentication', outcome: 'failure' } as const;
export const tooManyFailures = { action: 'too many failures', activity: 'authentication', outcome: 'failure' } as const;
export const sessionClosed = { action: 'session closed', activity: 'session' } as const;
export const connectionOpened = { action: 'connection opened', activity: 'connection' } as const;
export const connectionClosed = { action: 'connection closed', activity: 'connection' } as const;
