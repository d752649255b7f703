import { Logger } from '@aws-lambda-powertools/logger';
import type { Config } from './config.ts';

export type { Logger };

/**
 * createLogger writes JSON lines with the request id and the trace id. Log ids, places and reasons; never a record,
 * an event's body or a secret: whoever may read the logs of an audit may not always read what it audits.
 */
export function createLogger(service: string, config: Config<'stage' | 'logLevel'>): Logger {
  return new Logger({
    serviceName: service,
    logLevel: config.logLevel,
    persistentKeys: { stage: config.stage },
  });
}
