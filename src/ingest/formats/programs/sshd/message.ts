import type { LineFields } from '../../text-format.ts';

/** MessageGroup is messages of one meaning, each by how sshd begins it. */
export interface MessageGroup {
  readonly activity: 'authentication' | 'session' | 'connection' | 'other';
  readonly outcome?: 'success' | 'failure';
  readonly messages: readonly SshdMessage[];
}

/** SshdMessage is one way in which sshd begins a message, what it says, and how the rest is read; undefined where the rest is of another message. */
export type SshdMessage = readonly [start: string, action: string, read?: (rest: string) => LineFields | undefined];

/** ifLike reads a rest of the shape alone: `Failed ` begins other messages than those of logins. */
export function ifLike(
  shape: RegExp,
  read: (rest: string) => LineFields = () => ({}),
): (rest: string) => LineFields | undefined {
  return (rest) => (shape.test(rest) ? read(rest) : undefined);
}
