import { setTimeout as sleep } from 'node:timers/promises';

/** pause waits for some milliseconds, or until the signal ends the wait: it never rejects; the caller asks the signal. */
export async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  await sleep(ms, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
}
