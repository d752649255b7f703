import { instrument } from '../src/runtime/middleware.ts';
import { createFindingDelivery } from '../src/app/delivery.ts';

const { instruments, invocation, pipeline } = await createFindingDelivery('flush');

/**
 * handler sends the notifications that are due by now: updates, groups that waited, what quiet hours held back, retries. What there
 * is no time for is due at the next call.
 */
export const handler = instrument(
  (_event: unknown, context) => invocation((deadline) => pipeline.flush(deadline), context),
  instruments,
);
