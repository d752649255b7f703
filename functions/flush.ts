import { instrument } from '../src/runtime/middleware.ts';
import { createFindingDelivery } from '../src/app/delivery.ts';

const { instruments, invocation, pipeline } = await createFindingDelivery('flush');

/**
 * handler tells of all that is due by now: more of the same news, what waited, what quiet hours held back, what a receiver did not
 * take. What there is no time for is due at the next call.
 */
export const handler = instrument(
  (_event: unknown, context) => invocation((deadline) => pipeline.flush(deadline), context),
  instruments,
);
