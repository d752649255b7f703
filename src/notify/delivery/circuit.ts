import type { DeliveryError } from '../receivers/receiver.ts';
import type { Circuit } from './state/circuit-store.ts';

/** CircuitAnswer says whether a receiver may be called, and why not. */
export type CircuitAnswer =
  | { readonly kind: 'closed' }
  /** One caller may try: the one that replaces the circuit with `after` first. */
  | { readonly kind: 'half-open'; readonly after: Omit<Circuit, 'version'> }
  | { readonly kind: 'open'; readonly untilMs: number; readonly why: string };

/** How many failures in a row open a circuit. */
export const failuresToOpen = 5;
const firstOpenMs = 30_000;
const longestOpenMs = 10 * 60_000;
/** How long the caller that tries has for it. */
const trialMs = 30_000;

/** askCircuit says whether a receiver may be called now. */
export function askCircuit({ failures, openUntilMs }: Circuit, now: Date): CircuitAnswer {
  const nowMs = now.getTime();
  if (nowMs < openUntilMs) {
    const why = `failed ${failures === 1 ? 'once' : `${failures} times in a row`}: not called until ${new Date(openUntilMs).toISOString()}`;
    return { kind: 'open', untilMs: openUntilMs, why };
  }
  if (failures < failuresToOpen) return { kind: 'closed' };
  return { kind: 'half-open', after: { failures, openUntilMs: nowMs + trialMs } };
}

/** circuitAfterSuccess closes the circuit. */
export function circuitAfterSuccess(): Omit<Circuit, 'version'> {
  return { failures: 0, openUntilMs: 0 };
}

/**
 * circuitAfterFailure counts a failure: each one beyond the limit doubles the time for which the circuit is open. A receiver
 * that says when to call again is not called before.
 */
export function circuitAfterFailure(
  { failures, openUntilMs }: Circuit,
  { reason, retryAfterMs = 0 }: Pick<DeliveryError, 'reason' | 'retryAfterMs'>,
  now: Date,
): Omit<Circuit, 'version'> {
  // A receiver that does not answer costs the most time.
  const count = failures + (reason === 'timeout' ? 2 : 1);
  const beyond = count - failuresToOpen;
  const openMs = beyond < 0 ? 0 : Math.min(longestOpenMs, firstOpenMs * 2 ** Math.min(beyond, 10));
  const untilMs = now.getTime() + Math.max(openMs, Math.min(retryAfterMs, longestOpenMs));
  return { failures: count, openUntilMs: untilMs > now.getTime() ? untilMs : openUntilMs };
}

/** saysNothingOfHealth recognises failures because of the message: a receiver that refuses one message is healthy. */
export function saysNothingOfHealth({ reason }: Pick<DeliveryError, 'reason'>): boolean {
  return reason === 'rejected' || reason === 'too-large';
}
