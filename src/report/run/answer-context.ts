import type { Period } from '../definition/period.ts';

/** AnswerContext is what evidence says beside the answer. */
export interface AnswerContext {
  readonly archive: readonly string[];
  /** What was read for it; absent when the archive is a store, which was read before. */
  readonly records?: number;
  /** Records and files that could not be read: the answer may lack what they hold. None when absent. */
  readonly unread?: number;
  /** What CloudTrail's digests prove of the archive, in words; absent where nobody looked. */
  readonly integrity?: string;
  readonly version: string;
  /** Who asked, by the name the machine knows. */
  readonly by: string;
}

/** periodText says a period for a person. */
export function periodText({ from, to }: Period): string {
  const start = from.startsWith('0001') ? 'the beginning' : from;
  const end = to.startsWith('9999') ? 'the end' : to;
  return start === 'the beginning' && end === 'the end' ? 'all of the archive' : `from ${start} to before ${end}`;
}
