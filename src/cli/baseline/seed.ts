import { createDynamoSightingStore } from '../../aws/state-table/sighting-store.ts';
import { regionOfEnvironment } from '../../aws/account/account.ts';
import { dynamodbClient } from '../../aws/clients.ts';
import { createFirstSeenFold, type FirstSeenFold } from '../../detect/correlation/first-seen.ts';
import { windowMatchOf } from '../../detect/correlation/correlator.ts';
import { seedSightings } from '../../detect/correlation/seed-sightings.ts';
import { WindowStoreError } from '../../detect/correlation/window-store.ts';
import { createDetector, type Detector, type RuleMatch } from '../../detect/detector.ts';
import type { RuleSet } from '../../detect/rule-set.ts';
import { count, plural } from '../../text/amounts.ts';
import { shown } from '../../text/escape.ts';
import { messageOf } from '../../text/system-error.ts';
import type { LogRecord } from '../../model/log-record.ts';
import type { LoweredCorrelation } from '../../sigma/index.ts';
import { prepareDetection, type Prepared } from '../findings/detect-files.ts';
import { exitCode, type ExitCode } from '../shell/exit.ts';
import { createFailureList, failureLines, type FailureList } from '../shell/failure-list.ts';
import { showProgress } from '../shell/progress.ts';
import { checkRegion, namesOf } from '../stage/stage-names.ts';
import type { Surroundings } from '../shell/terminal.ts';

export interface SeedOptions {
  readonly stage: string;
  readonly region?: string;
  readonly rules?: readonly string[];
  readonly config?: readonly string[];
  readonly from?: string;
  readonly to?: string;
}

/** How many values of one correlation are held before they are written; some 200 MB. */
const mostValues = 500_000;

/** seedBaseline is `trailwatch baseline seed`: it notes in a stage's state table what first-seen rules can learn from logs. */
export async function seedBaseline(
  paths: readonly string[],
  options: SeedOptions,
  surroundings: Surroundings,
): Promise<ExitCode> {
  const { out, err, now, stop } = surroundings;
  const { stateTable } = namesOf(options);
  const region = options.region ?? (await regionOfEnvironment());
  checkRegion(region);
  const prepared = await prepareDetection(paths, options, surroundings);
  const folds = new Map(
    prepared.ruleSet.correlations
      .filter(({ type }) => type === 'first_seen')
      .map((correlation) => [correlation, createFirstSeenFold(correlation, mostValues)]),
  );
  if (folds.size === 0) {
    await out.write('no first-seen rule is on: nothing to seed\n');
    return exitCode.done;
  }
  const read = await readHistory(prepared, folds, surroundings);
  if (stop.aborted) return exitCode.interrupted;

  const correlations = new Set(prepared.ruleSet.correlations.map(({ key }) => key));
  const client = dynamodbClient(region);
  // A stretch longer than the timespan is noted in several steps, and is one all the same.
  const wrote = { groups: new Set<string>(), values: new Set<string>() };
  const store = createDynamoSightingStore({
    client,
    table: stateTable,
    onWrite: ({ group, value }) => {
      if (value === undefined) wrote.groups.add(group);
      else wrote.values.add(JSON.stringify([group, value]));
    },
  });
  try {
    for (const [correlation, fold] of folds) {
      if (correlation.rules.some((base) => correlations.has(base))) {
        await out.write(`${correlation.meta.title}: not seeded, since it looks at findings of another correlation\n`);
        continue;
      }
      wrote.groups.clear();
      wrote.values.clear();
      const { groups, values, expired } = await seedSightings(store, correlation, fold, now().getTime());
      const written = `${plural(wrote.groups.size, 'group')} and ${plural(wrote.values.size, 'value')} written`;
      const old = expired > 0 ? `; ${count(expired)} too old to matter` : '';
      await out.write(
        `${correlation.meta.title}: ${written} of ${plural(groups, 'group')} and ${plural(values, 'value')}${old}\n`,
      );
      if (fold.overflow() !== undefined) {
        await err.write(
          `trailwatch: ${correlation.meta.title}: more than ${count(mostValues)} values; the others are not noted\n`,
        );
      }
    }
  } catch (error) {
    if (!(error instanceof WindowStoreError)) throw error;
    const cause = error.cause instanceof Error ? `: ${error.cause.name}: ${error.cause.message}` : '';
    await err.write(`trailwatch: ${stateTable}: ${shown(`${error.message}${cause}`, 500)}\n`);
    return exitCode.checkFailed;
  } finally {
    client.destroy();
  }
  return read;
}

/** Reads records and asks of each only the rules that first-seen correlations look at. */
async function readHistory(
  { ruleSet, input, refused }: Prepared,
  folds: ReadonlyMap<LoweredCorrelation, FirstSeenFold>,
  { err, now }: Surroundings,
): Promise<ExitCode> {
  const bases = new Set([...folds.keys()].flatMap(({ rules }) => rules));
  const detector = createDetector(onlyRules(ruleSet, bases));
  const failures = createFailureList();
  let records = 0;
  const endProgress = showProgress(err, input.progress, now().getTime(), now);
  try {
    for await (const item of input.records) {
      if (item.kind === 'skipped') continue;
      records += 1;
      if (item.kind === 'failure') {
        failures.add(item.failure);
        continue;
      }
      for (const match of matchesOf(detector, item.record, failures)) {
        const seen = windowMatchOf(match);
        if (Number.isNaN(seen.time)) {
          failures.add({ origin: item.record.origin, reason: `record ${item.record.id}: its time is not a time` });
          continue;
        }
        for (const [{ rules }, fold] of folds) if (rules.includes(match.rule.key)) fold.add(seen);
      }
    }
  } finally {
    endProgress();
  }
  for (const line of failureLines(failures, 10)) await err.write(`${line}\n`);
  await err.write(`${plural(records, 'record')} read, ${plural(failures.total(), 'failure')}\n`);
  if (input.missing.length > 0) return exitCode.usage;
  return failures.total() > 0 || refused > 0 || records === 0 ? exitCode.someUnread : exitCode.done;
}

/** A record that makes a rule throw is a failure with its reason; the others go on. */
function matchesOf(detector: Detector, record: LogRecord, failures: FailureList): readonly RuleMatch[] {
  try {
    return detector.detect(record);
  } catch (error) {
    failures.add({ origin: record.origin, reason: `record ${record.id}: ${messageOf(error)}` });
    return [];
  }
}

function onlyRules(ruleSet: RuleSet, keys: ReadonlySet<string>): RuleSet {
  return {
    ...ruleSet,
    detections: ruleSet.detections.filter(({ key }) => keys.has(key)),
    candidates: (record) => ruleSet.candidates(record).filter(({ rule }) => keys.has(rule.key)),
  };
}
