import type { TallyKind } from '../notify/delivery/state/index.ts';
import type { AcceptOutcome, DeliveryOutcome, TallyBuffer } from '../notify/index.ts';
import { canaryReceiver } from '../notify/settings.ts';
import type { Count } from '../runtime/metrics.ts';
import type { Instruments } from '../runtime/middleware.ts';
import { storedNotification } from './delivery-table.ts';

/** A muted finding counts once, by however many paths it comes. */
const countsOfMuted: Readonly<Record<string, { readonly count: Count; readonly tally: TallyKind }>> = {
  suppressed: { count: 'FindingsSuppressed', tally: 'suppressed' },
  inhibited: { count: 'FindingsInhibited', tally: 'inhibited' },
  trial: { count: 'FindingsOnTrial', tally: 'trial' },
  none: { count: 'FindingsRoutedToNone', tally: 'unrouted' },
};

/** createDeliveryMetrics logs each outcome of delivery with its reason, and counts it. */
export function createDeliveryMetrics(
  { logger, meter }: Pick<Instruments, 'logger' | 'meter'>,
  tallies: Pick<TallyBuffer, 'count'>,
  now: () => Date,
): (fact: AcceptOutcome | DeliveryOutcome) => void {
  const accepted = (outcome: AcceptOutcome): void => {
    const { finding, receiver, why } = outcome;
    const facts = { finding: finding.id, rule: finding.rule.id, severity: finding.rule.level, receiver, ...why };
    switch (outcome.kind) {
      case 'accepted': {
        const { group, how, throttled } = outcome;
        meter.count('FindingsAccepted', 1);
        if (how === 'joined') {
          meter.count('FindingsJoined', 1);
          tallies.count('joined', receiver);
        }
        if (throttled) {
          meter.count('FindingsThrottled', 1);
          tallies.count('throttled', receiver);
        }
        if ('fallback' in why) meter.count('FallbacksUsed', 1);
        // `why.group` has the group in words.
        logger.info('accepted', { ...facts, how, key: group });
        return;
      }
      case 'already-accepted':
        meter.count('FindingsRepeated', 1);
        logger.info('already accepted', facts);
        return;
      case 'muted': {
        const { count, tally } = countsOfMuted[receiver] ?? { count: 'FindingsRoutedToNone', tally: 'unrouted' };
        meter.count(count, 1);
        tallies.count(tally, outcome.name);
        logger.info('not sent', facts);
        return;
      }
      case 'failed': {
        const { message, reason } = outcome.error;
        if (reason === 'held') {
          // One fact by two paths at once: the copy comes again, and finds that the first was accepted.
          meter.count('DeliveriesHeld', 1);
          logger.info('held', { ...facts, why: message });
          return;
        }
        logger.warn('not accepted', { ...facts, why: message, reason });
        return;
      }
      default:
        throw new Error(outcome satisfies never);
    }
  };

  const delivered = (outcome: DeliveryOutcome): void => {
    const { receiver, key, group, why } = outcome;
    const { finding } = group ?? {};
    const facts = { finding: finding?.id, rule: finding?.rule.id, severity: finding?.rule.level, receiver, key, why };
    switch (outcome.kind) {
      case 'notified': {
        const { notification, count, fresh, unrecorded } = outcome;
        meter.count('NotificationsSent', 1);
        meter.count('FindingsDelivered', fresh);
        // Canaries have a metric of their own, and notify nobody.
        if (receiver !== canaryReceiver) {
          tallies.count('told', receiver);
          if (notification === 'first' && group !== undefined) timed(group.finding.time, group.queuedMs);
        }
        logger.info('delivered', { ...facts, news: storedNotification[notification], count, fresh });
        if (unrecorded !== undefined) {
          logger.warn('delivered but not recorded; it may be delivered once more', {
            ...facts,
            why: unrecorded.message,
          });
        }
        return;
      }
      case 'retrying': {
        const { reason, retryable } = outcome.error;
        meter.count('DeliveriesFailed', 1);
        logger.warn('not delivered', { ...facts, reason, retryable, again: timeText(outcome.atMs) });
        return;
      }
      case 'dead-lettered': {
        const { reason, findings } = outcome;
        meter.count('DeliveriesFailed', 1);
        meter.count('FindingsDeadLettered', findings);
        tallies.count('dead-lettered', receiver, findings);
        logger.error('not delivered, and now among the dead letters', { ...facts, reason, retryable: false, findings });
        return;
      }
      case 'circuit-open':
        meter.count('CircuitsOpen', 1);
        logger.warn('not tried', { ...facts, again: timeText(outcome.untilMs) });
        return;
      case 'waiting':
        logger.info('waiting', { ...facts, until: timeText(outcome.untilMs) });
        return;
      case 'not-closed':
        meter.count('DeliveriesFailed', 1);
        logger.warn('not closed', { ...facts, reason: outcome.error.reason });
        return;
      case 'failed':
        meter.count('DeliveriesFailed', 1);
        logger.warn('not delivered: the state could not be read or written', { ...facts, reason: 'state-unavailable' });
        return;
      case 'closed':
      case 'nothing':
      case 'busy':
        logger.debug(outcome.kind, facts);
        return;
      default:
        throw new Error(outcome satisfies never);
    }
  };

  const timed = (eventTime: string, queuedMs: number | undefined): void => {
    const nowMs = now().getTime();
    const sinceEvent = nowMs - Date.parse(eventTime);
    if (Number.isFinite(sinceEvent)) meter.duration('EventToAlert', Math.max(0, sinceEvent));
    if (queuedMs !== undefined && Number.isFinite(queuedMs)) {
      meter.duration('QueueToAlert', Math.max(0, nowMs - queuedMs));
    }
  };

  return (fact) => ('finding' in fact ? accepted(fact) : delivered(fact));
}

function timeText(ms: number): string {
  return new Date(ms).toISOString();
}
