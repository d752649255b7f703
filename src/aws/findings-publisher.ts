import { setTimeout as wait } from 'node:timers/promises';
import type { Finding } from '../model/finding.ts';
import { createFindingsBus, PublishError, type FindingsBusOptions } from './findings-bus.ts';

export type FindingsPublisherOptions = Pick<FindingsBusOptions, 'client' | 'bus'> &
  Partial<Pick<FindingsBusOptions, 'sleep' | 'random' | 'maxTries'>>;

/** FindingsPublisher hands findings over to the findings bus. */
export interface FindingsPublisher {
  /**
   * publish returns when the bus has every finding.
   * @throws {PublishError} otherwise; the other findings are on the bus, and publishing them again does no harm.
   */
  readonly publish: (findings: readonly Finding[]) => Promise<void>;
}

/** createFindingsPublisher publishes for functions that can only fail as a whole. */
export function createFindingsPublisher(options: FindingsPublisherOptions): FindingsPublisher {
  const bus = createFindingsBus({
    sleep: (ms, signal) => wait(ms, undefined, { signal }),
    random: Math.random,
    ...options,
  });
  return {
    publish: async (findings) => {
      const unpublished = await bus.publish(findings);
      const [first] = unpublished;
      if (first === undefined) return;
      const { error, finding } = first;
      throw new PublishError(
        `${unpublished.length} of ${findings.length} findings are not on the bus, the first (${finding.id}) because: ${error.message}`,
        { reason: error.reason, retryable: unpublished.some((one) => one.error.retryable) },
        error,
      );
    },
  };
}
