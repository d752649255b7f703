import type { Period } from '../definition/period.ts';

/** AnswerContext are the facts that evidence states in addition to the answer. */
export interface AnswerContext {
  readonly archive: readonly string[];
  /** Records that were read; absent for a local store, which was read at its import. */
  readonly records?: number;
  /** Records and files that could not be read: the answer may lack their contents. Absent for none. */
  readonly unread?: number;
  /** What CloudTrail's digests prove about the archive, in words; absent when it was not verified. */
  readonly integrity?: string;
  readonly version: string;
  /** The user who ran it, by the machine's name for them. */
  readonly by: string;
}

/** periodText is a period for a person. */
export function periodText({ from, to }: Period): string {
  const start = from.startsWith('0001') ? 'the beginning' : from;
  const end = to.startsWith('9999') ? 'the end' : to;
  return start === 'the beginning' && end === 'the end' ? 'the whole archive' : `from ${start} to before ${end}`;
}
