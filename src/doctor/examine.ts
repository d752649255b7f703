import { NotAllowedError } from './account.ts';
import type { Check, Patient } from './check.ts';
import { unknown } from './result.ts';
import type { CheckResult, Result } from './result.ts';

export interface ExamineOptions {
  readonly checks: readonly Check[];
  /** How long one check may take, in ms. */
  readonly patienceMs: number;
  /** Stops all running checks. */
  readonly signal: AbortSignal;
}

/** examine runs checks in parallel. A check that fails or times out is `unknown` and affects no other. Results are in the checks' order. */
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
    timer = setTimeout(giveUp(`no response within ${Math.round(patienceMs / 1000)} s`), patienceMs);
    signal.addEventListener('abort', giveUp('stopped before the check was done'), { once: true });
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

/** failureOf says why a check could not run. */
export function failureOf(error: unknown): Result {
  if (error instanceof NotAllowedError) {
    return unknown(
      `not allowed to check: ${error.permission} is missing`,
      `allow ${error.permission} for the identity that runs the doctor; docs/operations.md has the complete policy`,
    );
  }
  return unknown(`could not be checked: ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`);
}
