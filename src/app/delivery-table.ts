import { firehoseClient } from '../aws/clients.ts';
import { createFirehoseWriter } from '../aws/firehose-writer.ts';
import type { AcceptOutcome, DeliveryOutcome } from '../notify/index.ts';
import { canaryReceiver } from '../notify/settings.ts';
import { errorFacts } from '../runtime/logger.ts';
import type { Instruments } from '../runtime/middleware.ts';

/** DeliveryLog keeps what the table `deliveries` holds: which finding is in which group, and when the group's receiver was notified. */
export interface DeliveryLog {
  note(fact: AcceptOutcome | DeliveryOutcome): void;
  /** flush never throws: only reports read it, and what was delivered must not be delivered again for it. */
  flush(): Promise<void>;
}

/** createDeliveryLog writes to the stream of the table; without a stream, nothing is kept. */
export function createDeliveryLog(
  stream: string,
  { logger, meter, tracing }: Instruments,
  now: () => Date,
): DeliveryLog {
  if (stream === '') return { note: () => undefined, flush: async () => undefined };
  const writer = createFirehoseWriter({ client: tracing.client(firehoseClient()), stream });
  let lines: string[] = [];
  return {
    note(fact) {
      const row = fact.receiver === canaryReceiver ? undefined : rowOf(fact);
      if (row !== undefined) lines.push(`${JSON.stringify({ ...row, noted: now().toISOString() })}\n`);
    },
    async flush() {
      const written = lines;
      lines = [];
      await writer.write(written).catch((error: unknown) => {
        meter.count('DeliveriesUnrecorded', written.length);
        logger.warn('rows of the table deliveries could not be written', {
          rows: written.length,
          error: errorFacts(error),
        });
      });
    },
  };
}

/** storedNotification is how the log and the table `deliveries` spell a notification: queries of users ask for these words. */
export const storedNotification = { first: 'first', update: 'again' } as const;

// The table's words are its own: `told` is a group of which its receiver was notified.
function rowOf(fact: AcceptOutcome | DeliveryOutcome): Readonly<Record<string, string | number>> | undefined {
  const { kind, receiver } = fact;
  if (kind === 'accepted') {
    const { id, rule } = fact.finding;
    return { kind, receiver, group_key: fact.group, finding: id, rule: rule.id, level: rule.level };
  }
  if (kind !== 'notified' && kind !== 'dead-lettered') return undefined;
  const { finding } = fact.group ?? {};
  return {
    kind: kind === 'notified' ? 'told' : kind,
    receiver,
    group_key: fact.key,
    ...(finding && { finding: finding.id, rule: finding.rule.id, level: finding.rule.level }),
    ...(kind === 'notified'
      ? { news: storedNotification[fact.notification], findings: fact.count }
      : { findings: fact.findings }),
  };
}
