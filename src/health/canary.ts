/** The source and detail type of the canary, and the field of its detail that names one. */
export const canarySource = 'trailwatch.canary';
export const canaryDetailType = 'Trailwatch Canary';

/** CanaryDetail is the whole content of a canary. */
export interface CanaryDetail {
  /** Names the canary; it is secret until it is sent. */
  readonly canary: string;
  readonly stage: string;
}

/** Returned is what the log knows about a canary that came back. */
export type Returned =
  | { readonly kind: 'returned'; readonly sent: Date }
  /** It came back before: the bus may bring an event twice. */
  | { readonly kind: 'again' }
  /** It was not sent by this stage. */
  | { readonly kind: 'unknown' };

/**
 * CanaryLog remembers which canaries were sent. A caller with access to the bus can make an event that looks like a canary; only a
 * caller with access to the state table can make one that counts. So an attacker cannot keep the alarm quiet after cutting the
 * pipeline.
 */
export interface CanaryLog {
  /** sent notes a canary before it is sent; noting it again changes nothing. */
  readonly sent: (canary: string, at: Date) => Promise<void>;
  readonly returned: (canary: string, at: Date) => Promise<Returned>;
}
