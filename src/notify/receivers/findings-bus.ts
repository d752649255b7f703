import type { Finding } from '../../model/finding.ts';
import type { Failure } from '../../retry/failure.ts';
import { DeliveryError, type Receiver } from './receiver.ts';

/** PublishFindings puts findings on a bus, and returns those that the bus did not take, each with the reason. */
export type PublishFindings = (
  findings: readonly Finding[],
  signal?: AbortSignal,
) => Promise<readonly { readonly error: Failure & Error }[]>;

export interface FindingsBusOptions {
  readonly name?: string;
  readonly publish: PublishFindings;
}

/** createFindingsBus hands each finding to another event bus, in the contract of `schemas/finding.schema.json`. */
export function createFindingsBus({ name = 'findings-bus', publish }: FindingsBusOptions): Receiver {
  return {
    name,
    concurrency: 4,
    grouping: 'each',
    send: async ({ finding }, signal) => {
      const [failure] = await publish([finding], signal);
      if (failure === undefined) return;
      const { message, reason, retryable, cause } = failure.error;
      throw new DeliveryError(`${name}: ${message}`, { reason, retryable, cause });
    },
  };
}
