/** The source and detail type of the canary, and the field of its detail that names one. */
export const canarySource = 'trailwatch.canary';
export const canaryDetailType = 'Trailwatch Canary';

/** CanaryDetail is all that a canary carries. */
export interface CanaryDetail {
  /** Names the canary; it is secret until it is sent. */
  readonly canary: string;
  readonly stage: string;
}

/** Returned is what is known of a canary that came back. */
export type Returned =
  | { readonly kind: 'returned'; readonly sent: Date }
  /** It came back before: the bus may bring an event twice. */
  | { readonly kind: 'again' }
  /** Nobody here sent it. */
  | { readonly kind: 'unknown' };

/**
 * CanaryLog remembers which canaries were sent. Whoever may put events on the bus can make one that looks alike; only who may
 * write the state table can make one that counts, so that nobody can keep the alarm quiet while the pipeline is cut.
 */
export interface CanaryLog {
  /** sent is noted before the canary is sent; noting it again changes nothing. */
  readonly sent: (canary: string, at: Date) => Promise<void>;
  readonly returned: (canary: string, at: Date) => Promise<Returned>;
}
