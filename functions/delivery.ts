import configuration from '#compiled-config';
import { randomUUID } from 'node:crypto';
import { dynamodbClient } from '../src/aws/clients.ts';
import { createDynamoSeenStore } from '../src/aws/dynamodb-seen-store.ts';
import { createReceiverTools } from '../src/aws/receiver-tools.ts';
import type { Finding } from '../src/model/finding.ts';
import { createDecider } from '../src/notify/decide.ts';
import { createDispatch, nobody } from '../src/notify/dispatch.ts';
import { deliver, failuresOf, type Outcome } from '../src/notify/pipeline.ts';
import { createReceivers } from '../src/notify/receiver-table.ts';
import { readConfig } from '../src/runtime/config.ts';
import { createLogger } from '../src/runtime/logger.ts';
import { createMeter, type Count } from '../src/runtime/metrics.ts';
import type { Instruments } from '../src/runtime/middleware.ts';
import { createTracing } from '../src/runtime/tracing.ts';

/** FindingDelivery is what the delivering function is made of, built once for each copy of it that Lambda starts. */
export interface FindingDelivery {
  readonly instruments: Instruments;
  /** deliverFinding throws when a receiver did not take the finding: those that did are remembered. */
  readonly deliverFinding: (finding: Finding) => Promise<void>;
}

const counts = {
  delivered: 'FindingsDelivered',
  'already-delivered': 'FindingsRepeated',
  failed: 'DeliveriesFailed',
} as const satisfies Record<Outcome['kind'], Count>;

/** What nobody is told is remembered like a delivery, so that each finding counts once, by however many paths it comes. */
const countsOfNobody: ReadonlyMap<string, Count> = new Map([
  [nobody.suppressed.name, 'FindingsSuppressed'],
  [nobody.none.name, 'FindingsRoutedToNone'],
]);

export async function createFindingDelivery(service: string): Promise<FindingDelivery> {
  const wanted = ['stage', 'alertsTopic', 'slackWebhookParameter', 'stateTable', 'tracing', 'logLevel'] as const;
  const config = readConfig(wanted);
  const logger = createLogger(service, config);
  const meter = createMeter(service, config);
  const tracing = await createTracing(config);
  const now = (): Date => new Date();

  const tools = createReceiverTools({ now, traced: (client) => tracing.client(client) });
  const receivers = await createReceivers(configuration.receivers, config, tools);
  const decider = createDecider(configuration);
  const dispatch = createDispatch(decider, receivers);
  const seen = createDynamoSeenStore({
    client: tracing.client(dynamodbClient()),
    table: config.stateTable,
    newToken: randomUUID,
  });

  // Those that end while this copy of the function lives are told too, once.
  const told = new Set<string>();
  function tellExpired(at: Date): void {
    for (const { name, owner, expires } of decider.expired(at)) {
      if (told.has(name)) continue;
      told.add(name);
      logger.warn('a suppression has expired and no longer works: renew or remove it', { name, owner, expires });
    }
  }
  tellExpired(now());

  function report(outcome: Outcome, finding: Finding, why: object): void {
    const { receiver, kind } = outcome;
    const facts = { finding: finding.id, rule: finding.rule.id, level: finding.rule.level, receiver, ...why };
    if (kind === 'failed' && outcome.error.reason === 'held') {
      // The same fact by two paths at once: the copy comes again, and finds that it was delivered.
      meter.count('DeliveriesHeld', 1);
      logger.info('held', { ...facts, why: outcome.error.message });
      return;
    }
    const unsent = kind === 'delivered' ? countsOfNobody.get(receiver) : undefined;
    meter.count(unsent ?? counts[kind], 1);
    if (kind === 'failed') {
      const { message, reason, retryable } = outcome.error;
      logger.warn('not delivered', { ...facts, why: message, reason, retryable });
    } else if (kind === 'delivered' && outcome.unrecorded !== undefined) {
      logger.warn('delivered, and perhaps once more later', { ...facts, why: outcome.unrecorded.message });
    } else {
      logger.info(unsent === undefined ? kind : 'not sent', facts);
    }
  }

  return {
    instruments: { logger, meter, tracing },
    async deliverFinding(finding) {
      const { id: rule, level } = finding.rule;
      const at = now();
      tellExpired(at);
      const { to, why } = dispatch(finding, at);
      const outcomes = await tracing.segment('deliver', { rule, level, finding: finding.id }, () =>
        deliver([finding], { receivers: to, seen, now, context: { accountNames: configuration.accounts } }),
      );
      for (const outcome of outcomes) report(outcome, finding, why);
      // Also what trying again can't help: only so it ends among the dead letters, where somebody sees it.
      const [failure] = failuresOf(outcomes);
      if (failure !== undefined) throw failure.error;
    },
  };
}
