import { createDynamoArrivalLog } from '../aws/state-table/arrival-log.ts';
import { createDynamoCanaryLog } from '../aws/state-table/canary-log.ts';
import { createDynamoHeartbeatStore } from '../aws/state-table/heartbeat-store.ts';
import { createDynamoTrialLog } from '../aws/state-table/trial-log.ts';
import type { StateTable } from '../aws/state-table/table.ts';
import { createArrivals, type Arrival } from '../health/arrivals.ts';
import type { TrialNote } from '../health/trial-log.ts';
import type { Finding } from '../model/finding.ts';
import type { AccountBook } from '../model/account-book.ts';
import { createCanary, messageOf } from '../notify/index.ts';
import type { Decider, Receiver, TallyBuffer } from '../notify/index.ts';
import { canaryReceiver } from '../notify/settings.ts';
import { errorFacts } from '../runtime/logger.ts';
import type { Instruments } from '../runtime/middleware.ts';

/** DeliveryHealth is what delivery learns about the pipeline itself. None of it delays a notification, or stops one. */
export interface DeliveryHealth {
  /** The receiver that times canaries. */
  readonly canary: Receiver;
  /** arrived notes each finding that came, by any path. */
  readonly arrived: (finding: Finding) => void;
  /** tried notes each finding that a trial keeps back. */
  readonly tried: (finding: Finding) => void;
  /** write stores what was noted since the last call. */
  readonly write: () => Promise<void>;
}

export interface DeliveryHealthParts extends Pick<Instruments, 'logger' | 'meter'> {
  readonly table: StateTable;
  readonly decider: Pick<Decider, 'decide'>;
  readonly tallies: Pick<TallyBuffer, 'count'>;
  readonly accounts: AccountBook;
  readonly now: () => Date;
}

export function createDeliveryHealth(parts: DeliveryHealthParts): DeliveryHealth {
  const { accounts, decider, logger, meter, now, table, tallies } = parts;
  const heartbeats = createDynamoHeartbeatStore(table);
  const arrivals = createArrivals({ log: createDynamoArrivalLog(table), heartbeats });
  const trials = createDynamoTrialLog(table);
  let waiting: (() => Promise<void>)[] = [];

  const report = ({ event, id, rule }: Finding, arrival: Arrival): void => {
    const facts = { finding: id, rule: rule.id, severity: rule.level };
    switch (arrival.kind) {
      case 'missed':
        meter.count('MissedByFastPaths', 1);
        meter.duration('MissedLateness', arrival.afterMs);
        tallies.count('missed-by-fast-paths', [event.account, event.region].filter(Boolean).join(', ') || 'unknown');
        logger.warn('the fast paths missed what the trail has', { ...facts, afterMs: arrival.afterMs });
        return;
      case 'confirmed':
        meter.count('ConfirmedByTrail', 1);
        return;
      case 'overtaken':
        meter.count('FastPathsOvertaken', 1);
        logger.info('a fast path brought later what the trail had', {
          ...facts,
          path: arrival.path,
          afterMs: arrival.afterMs,
        });
        return;
      case 'fast':
      case 'only-by-trail':
      case 'nothing':
        return;
      default:
        throw new Error(arrival satisfies never);
    }
  };

  return {
    canary: createCanary({
      name: canaryReceiver,
      returned: createDynamoCanaryLog(table).returned,
      now,
      arrived: (ms) => meter.duration('CanaryLatency', ms),
      forged: () => {
        meter.count('CanariesForged', 1);
        // Its text is the sender's, and not logged.
        logger.warn('an event imitates a canary of Trailwatch, which never sent it');
      },
    }),
    arrived(finding) {
      const at = now();
      waiting.push(async () => report(finding, await arrivals.note(finding, at)));
    },
    tried(finding) {
      const at = now();
      const { route, trial } = decider.decide(finding, at);
      if (trial === undefined) return;
      const { title } = messageOf(finding, { accounts });
      const note: TrialNote = { trial: trial.name, finding: finding.id, receivers: route.receivers, title };
      waiting.push(() => trials.note(note, at));
    },
    async write() {
      const begun = waiting;
      waiting = [];
      const written = await Promise.allSettled(begun.map((work) => work()));
      const failed = written.find((each) => each.status === 'rejected');
      if (failed !== undefined)
        logger.warn('some of what delivery learned about its health could not be stored', {
          error: errorFacts(failed.reason),
        });
    },
  };
}
