import type { Finding } from '../model/finding.ts';
import type { Ingested, LogRecord, RecordFailure } from '../model/log-record.ts';
import type { Correlator, Overflow } from './correlation/correlator.ts';
import type { Detector, RuleMatch } from './detector.ts';
import { findingOf } from './finding.ts';
import type { InstanceStory, Retold } from './instance-story/instance-story.ts';

/** Tally counts what became of records: `records` is always `matched + unmatched + failed`; `skipped` held no records. */
export interface Tally {
  readonly records: number;
  /** At least one rule matched, also one whose matches only count for a correlation. */
  readonly matched: number;
  readonly unmatched: number;
  readonly failed: number;
  readonly skipped: number;
}

export interface Engine {
  readonly detector: Detector;
  readonly correlator: Correlator;
  /** Says of instances that change their state who made them; without it, nobody does. */
  readonly instances?: InstanceStory;
}

/** Sink takes what comes out. What it throws ends the run: an undelivered finding must not look like a done one. */
export interface Sink {
  readonly finding: (finding: Finding) => void | Promise<void>;
  readonly failure?: (failure: RecordFailure) => void | Promise<void>;
  readonly skipped?: (skipped: Extract<Ingested, { kind: 'skipped' }>) => void | Promise<void>;
  /** refused sees what a record calls itself, where its place isn't set to carry that. */
  readonly refused?: (as: string) => void;
  /** record sees every record that could be read, with all its matches. */
  readonly record?: (record: LogRecord, matches: readonly RuleMatch[]) => void | Promise<void>;
  /** overflow names the groups of which a correlation could not hold every match, once, at the end. */
  readonly overflow?: (overflow: Overflow) => void | Promise<void>;
}

/** Matches go to the correlator together, so that a remote store is asked once for many records of one group. */
const correlateEvery = 100;

/** Findings that wait for the end of the input, to be told with who did it: some hundred megabytes at most. */
const maxWaiting = 50_000;

/**
 * detectRecords runs records through detection and correlation and hands every finding to the sink, in the order it is found,
 * but those that wait for what later records may say of them. A record that makes anything throw is a failure with its
 * reason, and the others go on. What the sink, the window store or the instance log throws is thrown on, since trying again can
 * help there.
 */
export async function detectRecords(
  ingested: Iterable<Ingested> | AsyncIterable<Ingested>,
  { detector, correlator, instances }: Engine,
  sink: Sink,
): Promise<Tally> {
  const tally = { records: 0, matched: 0, unmatched: 0, failed: 0, skipped: 0 };
  let waiting: RuleMatch[] = [];
  const fail = async (failure: RecordFailure): Promise<void> => {
    tally.failed += 1;
    await sink.failure?.(failure);
  };
  const untold: Finding[] = [];
  const tellUntold = async (): Promise<void> => {
    for (const finding of untold.splice(0)) await sink.finding((await instances?.complete(finding)) ?? finding);
  };
  const deliver = async (findings: readonly Finding[]): Promise<void> => {
    for (const finding of findings) {
      if (instances?.tells(finding) !== true) await sink.finding(finding);
      else if (!instances.waits) await sink.finding(await instances.complete(finding));
      else if (untold.push(finding) >= maxWaiting) await tellUntold();
    }
  };
  const correlate = async (): Promise<void> => {
    const matches = waiting;
    waiting = [];
    if (matches.length > 0) await deliver(await correlator.add(matches));
  };

  // What became known of an earlier change of state is told as a finding that completes the one told then.
  const retell = async (changes: readonly Retold[]): Promise<void> => {
    if (changes.length === 0) return;
    // So that none of this batch's own is completed before it was told.
    await correlate();
    const detected = changes.map(({ record }) => tryDetect(detector, record));
    const again = detected.flatMap((one) => ('reason' in one ? [] : one.findings));
    const matches = detected.flatMap((one) => ('reason' in one ? [] : one.matches));
    const correlated = await correlator.add(matches.filter(correlator.wants));
    const news = new Map(changes.map(({ record, completes }) => [record.id, completes]));
    for (const finding of [...again, ...correlated]) {
      const completes = news.get(finding.event.id);
      if (completes !== undefined)
        await sink.finding({ ...((await instances?.complete(finding)) ?? finding), completes });
    }
  };

  for await (const item of ingested) {
    if (item.kind === 'skipped') {
      tally.skipped += 1;
      await sink.skipped?.(item);
      continue;
    }
    tally.records += 1;
    if (item.kind === 'failure') {
      await fail(item.failure);
      continue;
    }
    if (item.refusedAs !== undefined) sink.refused?.(item.refusedAs);
    const detected = tryDetect(detector, item.record);
    if ('reason' in detected) {
      await fail({ origin: item.record.origin, reason: detected.reason });
      continue;
    }
    const { matches, findings } = detected;
    tally[matches.length > 0 ? 'matched' : 'unmatched'] += 1;
    // An await for nothing would cost more than most records do.
    const seen = sink.record?.(item.record, matches);
    if (seen !== undefined) await seen;
    if (instances?.concerns(item.record) === true) await retell(await instances.remember(item.record));
    if (matches.length === 0) continue;
    await deliver(findings);
    for (const match of matches) if (correlator.wants(match)) waiting.push(match);
    if (waiting.length >= correlateEvery) await correlate();
  }

  await correlate();
  await deliver(await correlator.end());
  await tellUntold();
  for (const overflow of correlator.overflow()) await sink.overflow?.(overflow);
  return tally;
}

type Detected =
  { readonly matches: readonly RuleMatch[]; readonly findings: readonly Finding[] } | { readonly reason: string };

const nothing: Detected = { matches: [], findings: [] };

function tryDetect(detector: Detector, record: LogRecord): Detected {
  try {
    const matches = detector.detect(record);
    if (matches.length === 0) return nothing;
    if (Number.isNaN(Date.parse(record.time))) {
      return { reason: `record ${record.id}: its time is not a time: ${JSON.stringify(record.time)}` };
    }
    return { matches, findings: matches.filter(({ rule }) => rule.generate).map(findingOf) };
  } catch (error) {
    return { reason: `record ${record.id}: ${error instanceof Error ? error.message : String(error)}` };
  }
}
