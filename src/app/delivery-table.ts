import { firehoseClient } from '../aws/clients.ts';
import { createFirehoseWriter } from '../aws/firehose-writer.ts';
import { canaryReceiver } from '../notify/routing/canary-route.ts';
import type { Outcome, Telling } from '../notify/delivery/pipeline.ts';
import { errorFacts } from '../runtime/logger.ts';
import type { Instruments } from '../runtime/middleware.ts';

/** DeliveryLog keeps what the table `deliveries` holds: which finding waits in which group, and when that was told. */
export interface DeliveryLog {
  note(fact: Outcome | Telling): void;
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
        logger.warn('when findings were told could not be written', {
          rows: written.length,
          error: errorFacts(error),
        });
      });
    },
  };
}

function rowOf(fact: Outcome | Telling): Readonly<Record<string, string | number>> | undefined {
  const { kind, receiver } = fact;
  if (kind === 'accepted') {
    const { id, rule } = fact.finding;
    return { kind, receiver, group_key: fact.group, finding: id, rule: rule.id, level: rule.level };
  }
  if (kind !== 'told' && kind !== 'dead-lettered') return undefined;
  const { finding } = fact.group ?? {};
  return {
    kind,
    receiver,
    group_key: fact.key,
    ...(finding && { finding: finding.id, rule: finding.rule.id, level: finding.rule.level }),
    ...(kind === 'told' ? { news: fact.news, findings: fact.count } : { findings: fact.findings }),
  };
}
