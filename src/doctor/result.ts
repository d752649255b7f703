/** State is how a check went; `unknown` is what nobody could look at, which is neither good nor bad. */
export type State = 'ok' | 'warning' | 'broken' | 'unknown';

/** Result is what one check says of one thing. */
export interface Result {
  readonly state: State;
  /** One sentence for a person, with the thing's name in it. */
  readonly says: string;
  /** A command ready to paste, or the step in the console; absent where nothing is to be mended. */
  readonly mend?: string;
}

/** CheckResult is a result with the check that it comes from. */
export interface CheckResult extends Result {
  readonly check: string;
}

export const ok = (says: string): Result => ({ state: 'ok', says });
export const warning = (says: string, mend: string): Result => ({ state: 'warning', says, mend });
export const broken = (says: string, mend: string): Result => ({ state: 'broken', says, mend });
export const unknown = (says: string, mend?: string): Result => ({
  state: 'unknown',
  says,
  ...(mend !== undefined && { mend }),
});

/** quoted writes a word for a shell; names from an account may hold anything. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** command joins words of a command line, each quoted as needed. */
export function command(...words: readonly string[]): string {
  return words.map((word) => quoted(word)).join(' ');
}
