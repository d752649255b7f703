/** State is the outcome of a check; `unknown` means that it could not run, which is neither good nor bad. */
export type State = 'ok' | 'warning' | 'broken' | 'unknown';

/** Result is the outcome of one check for one resource. */
export interface Result {
  readonly state: State;
  /** One sentence for a person, with the resource's name. */
  readonly says: string;
  /** The fix: a command ready to paste, or a step in the console; absent when nothing has to be fixed. */
  readonly mend?: string;
}

/** CheckResult is a result with the name of its check. */
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
