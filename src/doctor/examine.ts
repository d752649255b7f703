import { NotAllowedError } from './account.ts';
import type { Check, Patient } from './check.ts';
import { unknown } from './result.ts';
import type { CheckResult, Result } from './result.ts';

export interface ExamineOptions {
  readonly checks: readonly Check[];
  /** How long one check may take, in ms. */
  readonly patienceMs: number;
  /** Ends all that is still under way. */
  readonly signal: AbortSignal;
}

/** examine runs checks side by side; one that fails or takes too long says so, and hides no other. Results come in the checks' order. */
export async function examine(patient: Patient, options: ExamineOptions): Promise<readonly CheckResult[]> {
  const results = await Promise.all(options.checks.map((check) => resultsOf(check, patient, options)));
  return results.flat();
}

async function resultsOf(
  check: Check,
  patient: Patient,
  { patienceMs, signal }: ExamineOptions,
): Promise<readonly CheckResult[]> {
  const late = new AbortController();
  const either = AbortSignal.any([signal, late.signal]);
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<readonly Result[]>((resolve) => {
    const giveUp = (says: string) => (): void => {
      resolve([unknown(says)]);
      late.abort();
    };
    timer = setTimeout(giveUp(`no answer within ${Math.round(patienceMs / 1000)} s`), patienceMs);
    signal.addEventListener('abort', giveUp('stopped before there was an answer'), { once: true });
  });
  try {
    const found = await Promise.race([run(check, patient, either), tooLate]);
    return found.map((result) => ({ check: check.name, ...result }));
  } finally {
    clearTimeout(timer);
  }
}

async function run(check: Check, patient: Patient, signal: AbortSignal): Promise<readonly Result[]> {
  try {
    return await check.run(patient, signal);
  } catch (error) {
    return [failureOf(error)];
  }
}

/** failureOf says why something could not be looked at. */
export function failureOf(error: unknown): Result {
  if (error instanceof NotAllowedError) {
    return unknown(
      `you may not look: ${error.permission} is missing`,
      `have ${error.permission} allowed to who runs this; docs/operations.md has the whole policy`,
    );
  }
  return unknown(
    `could not be looked at: ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`,
  );
}
