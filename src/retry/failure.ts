/** FailureReason is why a call to another system failed, from a list that is short enough for the dimension of a metric. */
export type FailureReason =
  | 'rate-limited'
  | 'timeout'
  | 'unreachable'
  | 'unavailable'
  | 'unauthorized'
  | 'misconfigured'
  | 'rejected'
  | 'too-large'
  | 'unexpected';

/** Failure is why a call failed, and whether the same call can succeed later. */
export interface Failure {
  readonly reason: FailureReason;
  readonly retryable: boolean;
}
