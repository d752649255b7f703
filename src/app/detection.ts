import configuration from '#compiled-config';
import ruleSetData from '#compiled-rules';
import { dynamodbClient, eventBridgeClient } from '../aws/clients.ts';
import { createDynamoHeartbeatStore } from '../aws/state-table/heartbeat-store.ts';
import { createDynamoInstanceLog } from '../aws/state-table/instance-log.ts';
import { createDynamoSightingStore } from '../aws/state-table/sighting-store.ts';
import { createDynamoWindowStore } from '../aws/state-table/window-store.ts';
import { PublishError } from '../aws/findings-bus.ts';
import { createFindingsPublisher } from '../aws/findings-publisher.ts';
import { detectRecords, type Tally } from '../detect/detect.ts';
import { createCorrelator } from '../detect/correlation/correlator.ts';
import { createDerive, ownAccounts } from '../detect/derived/derive.ts';
import { createDetector } from '../detect/detector.ts';
import { createInstanceStory } from '../detect/instance-story/instance-story.ts';
import { createRuleSet } from '../detect/rule-set.ts';
import { createPulse } from '../health/pulse.ts';
import { unquoted, type Opener } from '../ingest/ingested.ts';
import { createStageOpener, type StagePlaces } from '../ingest/open.ts';
import type { Finding } from '../model/finding.ts';
import type { Ingested } from '../model/log-record.ts';
import { readConfig } from '../runtime/config.ts';
import { createLogger, errorFacts } from '../runtime/logger.ts';
import { createMeter } from '../runtime/metrics.ts';
import type { Instruments } from '../runtime/middleware.ts';
import { createTracing } from '../runtime/tracing.ts';
import { createHostAuthLogs } from './host-auth-table.ts';

/** Detection is what the detecting functions share, built once for each copy of a function that Lambda starts. */
export interface Detection {
  readonly instruments: Instruments;
  /** Opens the logs of each place as the configuration says. */
  readonly opener: Opener;
  /**
   * examine runs the rules over what was read and publishes the findings. It throws when findings could not be published, and when
   * nothing at all could be read: then the event must come again, or end among the dead letters.
   */
  readonly examine: (ingested: Iterable<Ingested> | AsyncIterable<Ingested>) => Promise<Tally>;
}

/** UnreadableError says that nothing could be read of what came: trying again brings the same, and then the dead letters. */
export class UnreadableError extends Error {
  override readonly name = 'UnreadableError';
}

/** Findings carry their events: with more at once, a bad day's trail file would not fit into memory. */
const publishAtOnce = 100;

/** A trace shows the first findings of an invocation; X-Ray keeps no more than so much of one trace. */
const tracedFindings = 50;

/** A file that isn't a log may have a million lines. Each is counted; the first show what is wrong. */
const loggedFailures = 20;

export async function createDetection(service: string, places: StagePlaces = {}): Promise<Detection> {
  const config = readConfig(['stage', 'findingsBus', 'stateTable', 'hostAuthStream', 'tracing', 'logLevel']);
  const logger = createLogger(service, config);
  const meter = createMeter(service, config);
  const tracing = await createTracing(config);
  const state = {
    client: tracing.client(dynamodbClient()),
    table: config.stateTable,
    now: () => new Date(),
  };
  const windows = createDynamoWindowStore(state);
  const sightings = createDynamoSightingStore(state);
  const instances = createInstanceStory({ log: createDynamoInstanceLog(state), waits: false });
  const publisher = createFindingsPublisher({
    client: tracing.client(eventBridgeClient()),
    bus: config.findingsBus,
  });
  const pulse = createPulse({ heartbeats: createDynamoHeartbeatStore(state), now: state.now });
  const beginHostAuth = createHostAuthLogs(config.hostAuthStream, { logger, meter, tracing });
  const ruleSet = createRuleSet(ruleSetData, createDerive(ownAccounts(configuration)));
  const detector = createDetector(ruleSet);

  async function publish(findings: readonly Finding[]): Promise<void> {
    await tracing.segment('publish', { findings: findings.length }, () => publisher.publish(findings));
    // What completes a finding is not a new one.
    meter.findings(findings.filter(({ completes }) => completes === undefined).map(({ rule }) => rule.level));
    for (const { id, rule, completes } of findings) {
      logger.info('finding', {
        finding: id,
        rule: rule.id,
        severity: rule.level,
        ...(completes && { completes: true }),
      });
    }
  }

  // That a source is alive may be said a little later; what its records say may not.
  async function noteHeartbeats(): Promise<void> {
    try {
      const { unwatched } = await pulse.note();
      if (unwatched > 0) logger.warn('more sources than are watched for falling silent', { unwatched });
    } catch (error) {
      logger.warn('heartbeats could not be noted; the next records do it', { error: errorFacts(error) });
    }
  }

  async function examine(ingested: Iterable<Ingested> | AsyncIterable<Ingested>): Promise<Tally> {
    const found: Finding[] = [];
    let [traced, failures, ignored] = [0, 0, 0];
    const refusedAs = new Map<string, number>();
    let refused: PublishError | undefined;
    // A finding that the bus will never take must not hide those after it: the error is thrown at the end, when all were published.
    const publishFound = async (): Promise<void> => {
      try {
        await publish(found.splice(0));
      } catch (error) {
        if (!(error instanceof PublishError) || error.retryable) throw error;
        refused ??= error;
      }
    };
    // Each invocation has a correlator of its own, which reports at the end what it could not hold.
    const correlator = createCorrelator(ruleSet, windows, sightings);
    const hostAuth = beginHostAuth();
    const tally = await tracing.segment('detect', {}, () =>
      detectRecords(
        ingested,
        { detector, correlator, instances },
        {
          async finding(finding) {
            found.push(finding);
            if (traced++ < tracedFindings) {
              const { id, level } = finding.rule;
              await tracing.segment('finding', { rule: id, level, finding: finding.id }, () => {});
            }
            if (found.length >= publishAtOnce) await publishFound();
          },
          record(record) {
            pulse.feel(record);
            return hostAuth.note(record);
          },
          skipped({ origin, reason, own }) {
            if (own === true) ignored++;
            logger.debug('skipped: no records in it', { origin, reason: unquoted(reason) });
          },
          refused(as) {
            refusedAs.set(as, (refusedAs.get(as) ?? 0) + 1);
          },
          overflow({ correlation, held }) {
            meter.count('CorrelationOverflows', 1);
            // Whose matches they are stays with the findings: the group's values are texts of events.
            logger.warn('a correlation could not hold every match', { correlation, held });
          },
          failure({ origin, reason }) {
            if (failures++ < loggedFailures) {
              logger.warn('a record could not be read', { origin, reason: unquoted(reason) });
            }
          },
        },
      ),
    );
    if (found.length > 0) await publishFound();
    await hostAuth.flush();
    await noteHeartbeats();
    if (refused !== undefined) throw refused;

    if (ignored > 0) {
      meter.count('OwnIgnored', ignored);
      // One line for all of them: each line may be what comes next.
      logger.warn("ignored Trailwatch's own output; remove this log group or bucket from its sources", { ignored });
    }
    for (const [as, records] of refusedAs) {
      meter.count('RecordsRefused', records);
      logger.warn(
        'records came from a place that is not set to carry them, and were read as records of its own: give the place a row in `logs:` if it may',
        { as, records },
      );
    }
    meter.count('RecordsRead', tally.records);
    meter.count('RecordsMatched', tally.matched);
    meter.count('RecordsUnmatched', tally.unmatched);
    meter.count('RecordsFailed', tally.failed);
    if (tally.failed > 0 && tally.failed === tally.records) {
      throw new UnreadableError(
        `none of the ${tally.records} records could be read: the log names each with its reason`,
      );
    }
    return tally;
  }

  return { instruments: { logger, meter, tracing }, opener: createStageOpener(configuration.logs, places), examine };
}
