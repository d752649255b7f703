import { Logger } from '@aws-lambda-powertools/logger';
import type { Config } from './config.ts';

export type { Logger };

/**
 * createLogger writes JSON lines with the request id and the trace id. Log ids, places and reasons; never a record,
 * an event's body or a secret: a person who may read the logs of an audit may not always read what it audits.
 */
export function createLogger(service: string, config: Config<'stage' | 'logLevel'>): Logger {
  return new Logger({
    serviceName: service,
    logLevel: config.logLevel,
    persistentKeys: { stage: config.stage },
  });
}

/** ErrorFacts is what a log says of an error: never more, since errors carry along what they are about. */
export interface ErrorFacts {
  readonly name: string;
  readonly message: string;
  /** Where it was thrown, line by line. */
  readonly stack: readonly string[];
  readonly code?: string;
  readonly reason?: string;
  /** AWS's, by which its support finds a call. */
  readonly requestId?: string;
  readonly cause?: ErrorFacts;
}

const deepest = 4;
const mostFrames = 12;

/**
 * errorFacts takes from an error what may be logged. Libraries hang the item, the input or the answer on their errors, and V8's
 * message about text that isn't JSON quotes it: all of that stays out.
 */
export function errorFacts(error: unknown, depth = 0): ErrorFacts {
  if (!(error instanceof Error))
    return { name: typeof error, message: 'something else than an error was thrown', stack: [] };
  const { name, message, stack = '', cause } = error;
  const { code, reason, $metadata } = error as {
    readonly code?: unknown;
    readonly reason?: unknown;
    readonly $metadata?: { readonly requestId?: unknown };
  };
  const requestId = $metadata?.requestId;
  return {
    name,
    message: name === 'SyntaxError' ? 'the text is not what it should be' : message,
    stack: stack
      .split('\n')
      .filter((line) => /^\s+at /.test(line))
      .slice(0, mostFrames)
      .map((line) => line.trim()),
    ...(typeof code === 'string' && { code }),
    ...(typeof reason === 'string' && { reason }),
    ...(typeof requestId === 'string' && { requestId }),
    ...(cause instanceof Error && depth < deepest && { cause: errorFacts(cause, depth + 1) }),
  };
}
