/** Sleep waits some milliseconds, or until the signal ends the attempt: then it rejects. */
export type Sleep = (ms: number, signal?: AbortSignal) => Promise<void>;

/** Random gives a number from 0 up to, not including, 1. */
export type Random = () => number;

const baseMs = 100;
const maxMs = 5_000;

/**
 * backoffMs is how long to wait before try `attempt` (counted from 1), with full jitter, so that callers that failed together
 * don't come back together. https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/
 */
export function backoffMs(attempt: number, random: Random): number {
  return Math.floor(random() * Math.min(maxMs, baseMs * 2 ** attempt));
}
