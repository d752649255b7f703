import configuration from '#compiled-config';
import type { Context } from 'aws-lambda';
import { randomUUID } from 'node:crypto';
import { dynamodbClient, sqsClient } from '../aws/clients.ts';
import { createDynamoDeliveryState } from '../aws/state-table/delivery-state.ts';
import { createDynamoTallies } from '../aws/state-table/tally-store.ts';
import { createReceiverTools } from '../aws/receiver-tools.ts';
import { createSqsDeadLetters } from '../aws/queues/dead-letters.ts';
import {
  createDecider,
  createDispatch,
  createPipeline,
  createReceivers,
  createStageFallback,
  createTallyBuffer,
} from '../notify/index.ts';
import type { Deadline, Decider, Pipeline, Receiver } from '../notify/index.ts';
import { readConfig } from '../runtime/config.ts';
import { createLogger, errorFacts } from '../runtime/logger.ts';
import { createMeter } from '../runtime/metrics.ts';
import type { Instruments } from '../runtime/middleware.ts';
import { createTracing, type Tracing } from '../runtime/tracing.ts';
import { createDeliveryHealth } from './delivery-health.ts';
import { createDeliveryLog } from './delivery-table.ts';
import { createDeliveryMetrics } from './delivery-metrics.ts';

/** FindingDelivery is what the functions that deliver are made of, built once for each copy of them that Lambda starts. */
export interface FindingDelivery {
  readonly instruments: Instruments;
  readonly pipeline: Pipeline;
  /** invocation runs one call, and writes afterwards what it counted for the digest. */
  readonly invocation: <Result>(run: (deadline: Deadline) => Promise<Result>, context: Context) => Promise<Result>;
}

export async function createFindingDelivery(service: string): Promise<FindingDelivery> {
  const config = readConfig([
    'stage',
    'alertsTopic',
    'database',
    'deliverDeadLetters',
    'deliveriesStream',
    'slackWebhookParameter',
    'stateTable',
    'tracing',
    'logLevel',
  ]);
  const logger = createLogger(service, config);
  const meter = createMeter(service, config);
  const tracing = await createTracing(config);
  const now = (): Date => new Date();

  const tools = createReceiverTools({ now, traced: (client) => tracing.client(client) });
  const receivers = await createReceivers(configuration.receivers, config, tools);
  const decider = createDecider(configuration);
  const table = { client: tracing.client(dynamodbClient()), table: config.stateTable };
  const tallies = createTallyBuffer(createDynamoTallies({ ...table, random: Math.random }));
  const { accounts } = configuration;
  const health = createDeliveryHealth({ logger, meter, table, decider, tallies, accounts, now });
  const delivery = createDeliveryMetrics({ logger, meter }, tallies, now);
  const deliveries = createDeliveryLog(config.deliveriesStream, { logger, meter, tracing }, now);
  const pipeline = createPipeline({
    state: createDynamoDeliveryState({ ...table, newToken: randomUUID, now }),
    dispatch: createDispatch(decider, receivers, [health.canary]),
    receivers: [...receivers.map((receiver) => traced(receiver, tracing)), health.canary],
    fallback: await createStageFallback(configuration.receivers, receivers, config, tools),
    deadLetters: createSqsDeadLetters({ client: tracing.client(sqsClient()), queueUrl: config.deliverDeadLetters }),
    now,
    random: Math.random,
    newId: randomUUID,
    context: { accounts, athenaTable: `${config.database}.cloudtrail` },
    observe: (fact) => {
      delivery(fact);
      deliveries.note(fact);
      if (fact.kind === 'muted' && fact.receiver === 'trial') health.tried(fact.finding);
    },
  });
  const warnOfExpired = createExpiryNotice(decider, logger);
  warnOfExpired(now());

  return {
    instruments: { logger, meter, tracing },
    pipeline: {
      ...pipeline,
      accept: (arrival) => {
        health.arrived(arrival.finding);
        return pipeline.accept(arrival);
      },
    },
    async invocation(run, context) {
      warnOfExpired(now());
      try {
        return await run({ remainingMs: () => context.getRemainingTimeInMillis() - answerMs });
      } finally {
        await health.write();
        await deliveries.flush();
        // Only a digest reads them: what was delivered must not fail for it.
        await tallies.write(now()).catch((error: unknown) => {
          logger.warn('the counts for the digest could not be written', { error: errorFacts(error) });
        });
      }
    },
  };
}

/** Time kept to write counts and to answer. */
const answerMs = 3_000;

function traced(receiver: Receiver, tracing: Tracing): Receiver {
  return {
    ...receiver,
    send: (notification, signal) => {
      const { id, rule } = notification.finding;
      return tracing.segment('deliver', { rule: rule.id, level: rule.level, finding: id }, () =>
        receiver.send(notification, signal),
      );
    },
  };
}

/** A suppression that ends while this copy of the function lives is logged too, once. */
function createExpiryNotice({ expired }: Decider, logger: Instruments['logger']): (at: Date) => void {
  const warned = new Set<string>();
  return (at) => {
    for (const { name, owner, expires } of expired(at)) {
      if (warned.has(name)) continue;
      warned.add(name);
      logger.warn('a suppression has expired and no longer works: renew or remove it', { name, owner, expires });
    }
  };
}
