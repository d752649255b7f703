import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { type Level, levels } from '../model/level.ts';
import type { Config } from './config.ts';

/** Count is what Trailwatch counts about itself. Records read = matched + unmatched + failed, always. */
export type Count =
  | 'RecordsRead'
  | 'RecordsMatched'
  | 'RecordsUnmatched'
  | 'RecordsFailed'
  | 'RecordsRefused'
  | 'OwnIgnored'
  | 'ObjectsRead'
  | 'ObjectsSkipped'
  | 'MessagesFailed'
  | 'CorrelationOverflows'
  | 'DaysCopied'
  | 'DaysUncopied'
  | 'HostAuthRecords'
  | 'FindingsDelivered'
  | 'FindingsRepeated'
  | 'FindingsSuppressed'
  | 'FindingsInhibited'
  | 'FindingsOnTrial'
  | 'FindingsRoutedToNone'
  | 'FindingsAccepted'
  | 'FindingsJoined'
  | 'FindingsThrottled'
  | 'FindingsDeadLettered'
  | 'NotificationsSent'
  | 'DeliveriesHeld'
  | 'DeliveriesFailed'
  | 'DeliveriesUnrecorded'
  | 'CircuitsOpen'
  | 'FallbacksUsed'
  | 'MissedByFastPaths'
  | 'ConfirmedByTrail'
  | 'FastPathsOvertaken'
  | 'CanariesForged'
  | 'Failures';

/**
 * Duration is what Trailwatch times about itself: from the event, and from the queue, to the first notification; from a canary's start
 * to its return; from an event that the fast paths missed to its coming by the trail.
 */
export type Duration = 'EventToAlert' | 'QueueToAlert' | 'CanaryLatency' | 'MissedLateness';

export interface Meter {
  count(what: Count, by: number): void;
  /** duration notes how long something took, in milliseconds. */
  duration(what: Duration, ms: number): void;
  /** findings counts published findings, of which each gives its level: the only extra dimension there is. */
  findings(levels: readonly Level[]): void;
  /** flush writes what was counted to standard output, where CloudWatch finds it. */
  flush(): void;
}

/** What an alarm watches is one metric, of this service, whichever function happens to note it. */
const owners: Partial<Readonly<Record<Duration, string>>> = { CanaryLatency: 'deliver' };

/**
 * createMeter counts in CloudWatch's embedded metric format, by service and stage: each further dimension would
 * multiply the number of metrics, and with it the bill.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function createMeter(service: string, config: Config<'stage'>): Meter {
  const metricsOf = (serviceName: string): Metrics =>
    new Metrics({ namespace: 'Trailwatch', serviceName, defaultDimensions: { stage: config.stage } });
  const metrics = metricsOf(service);
  const byService = new Map([[service, metrics]]);
  const metricsFor = (what: Duration): Metrics => {
    const owner = owners[what] ?? service;
    const own = byService.get(owner) ?? metricsOf(owner);
    byService.set(owner, own);
    return own;
  };
  return {
    count(what, by) {
      metrics.addMetric(what, MetricUnit.Count, by);
    },
    duration(what, ms) {
      metricsFor(what).addMetric(what, MetricUnit.Milliseconds, ms);
    },
    findings(raised) {
      for (const level of levels) {
        const by = raised.filter((one) => one === level).length;
        if (by > 0) metrics.singleMetric().addDimension('level', level).addMetric('Findings', MetricUnit.Count, by);
      }
    },
    flush() {
      for (const each of byService.values()) if (each.hasStoredMetrics()) each.publishStoredMetrics();
    },
  };
}
