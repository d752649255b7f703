import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import wrap, { type MiddlewareObj } from '@middy/core';
import type { Context } from 'aws-lambda';
import { errorFacts, type Logger } from './logger.ts';
import type { Meter } from './metrics.ts';
import type { Tracing } from './tracing.ts';

export interface Instruments {
  readonly logger: Logger;
  readonly meter: Meter;
  readonly tracing: Tracing;
}

/** Time kept before Lambda's own timeout, so that a call that takes too long still says so in logs and metrics. */
const timeoutEarlyInMillis = 500;

/**
 * instrument makes a Lambda handler of a function: traced, with the request's ids on each log line, with its counts
 * written and its failure logged. A failure stays one, so that Lambda retries and the dead-letter queue fills.
 */
export function instrument<Event, Result>(
  handle: (event: Event, context: Context) => Promise<Result>,
  { logger, meter, tracing }: Instruments,
): (event: Event, context: Context) => Promise<Result> {
  return wrap((event: Event, context: Context) => tracing.invocation(() => handle(event, context)), {
    timeoutEarlyInMillis,
  })
    .use(injectLambdaContext(logger, { resetKeys: true }) as MiddlewareObj)
    .use(writeCounts(meter))
    .use(reportFailure(logger, meter));
}

function writeCounts(meter: Meter): MiddlewareObj {
  const writeCountsAfterOrOnError = (): void => {
    meter.flush();
  };
  return { after: writeCountsAfterOrOnError, onError: writeCountsAfterOrOnError };
}

/** The last to be used is the first to see an error. None of the hooks returns a value: that would undo the failure. */
function reportFailure(logger: Logger, meter: Meter): MiddlewareObj {
  const reportFailureOnError: NonNullable<MiddlewareObj['onError']> = ({ error }): void => {
    meter.count('Failures', 1);
    logger.error('the invocation failed; Lambda or the queue will try it again', { error: errorFacts(error) });
  };
  return { onError: reportFailureOnError };
}
