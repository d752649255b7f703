import type { FailureReason } from '../../retry/failure.ts';
import type { ClosedGroup, Notification, Receipt } from '../message/notification.ts';

/**
 * Receiver is one place that notifications go to. A new kind is one file in `receivers/` and one row in
 * `receiver-table.ts`.
 */
export interface Receiver {
  /** Names the receiver in logs, metrics and the seen store: renaming it makes it a new receiver. */
  readonly name: string;
  /** How many sends may be under way at once; 1 keeps the order of findings. */
  readonly concurrency: number;
  /** `each`: a program reads here, and gets every finding by itself. Otherwise people do, and get groups of findings. */
  readonly grouping?: 'grouped' | 'each';
  /**
   * send hands over one notification and returns once the receiver has taken it.
   * @param signal ends the attempt when its time is up.
   * @returns what the receiver needs for a later update of the same group, if anything.
   * @throws {DeliveryError} when the receiver did not take it, or may not have taken it.
   */
  readonly send: (notification: Notification, signal: AbortSignal) => Promise<Receipt | void>;
  /**
   * close ends a group whose repeat interval is over: an incident may be resolved.
   * @throws {DeliveryError} as `send` does.
   */
  readonly close?: (group: ClosedGroup, signal: AbortSignal) => Promise<void>;
}

/** DeliveryReason is why a finding was not delivered: the receiver failed, or another invocation or the state is in the way. */
export type DeliveryReason = FailureReason | 'held' | 'state-unavailable';

export interface DeliveryErrorOptions {
  readonly reason: DeliveryReason;
  /** Whether sending the same notification again later can help. */
  readonly retryable: boolean;
  /** Milliseconds that the receiver asked to wait, if it did. */
  readonly retryAfterMs?: number | undefined;
  readonly cause?: unknown;
}

/** DeliveryError says why a notification did not arrive, and whether trying again can help. */
export class DeliveryError extends Error {
  override readonly name = 'DeliveryError';
  readonly reason: DeliveryReason;
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;

  constructor(message: string, options: DeliveryErrorOptions) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.reason = options.reason;
    this.retryable = options.retryable;
    this.retryAfterMs = options.retryAfterMs;
  }
}
