import { Writable } from 'node:stream';
import { createConsole, createDecider, deliverAtOnce } from '../../notify/index.ts';
import type { MessageContext, Receiver } from '../../notify/index.ts';
import type { Finding } from '../../model/finding.ts';
import { plainJson } from '../../text/escape.ts';
import { detectFiles, exitCodeOf, prepareDetection } from '../findings/detect-files.ts';
import type { DetectObserver } from '../findings/detect-files.ts';
import { createCasebook } from '../findings/casebook/casebook.ts';
import type { Alert, Case } from '../findings/casebook/casebook.ts';
import { bySeverity, inTime } from '../findings/casebook/order.ts';
import { UsageError } from '../shell/exit.ts';
import type { ExitCode } from '../shell/exit.ts';
import { findingLine } from '../findings/ndjson.ts';
import { writeReport } from '../findings/page-file.ts';
import type { RunMeter } from './metrics-server.ts';
import type { RunOptions } from '../shell/options.ts';
import { renderSummary, type SuppressedCount } from '../findings/summary.ts';
import type { Colors, Output, Surroundings } from '../shell/terminal.ts';
import { count, plural, span } from '../../text/amounts.ts';

/** runPipeline takes files through all of Trailwatch: detect, correlate, deliver to the console, sum up, report. */
export async function runPipeline(
  paths: readonly string[],
  options: RunOptions,
  surroundings: Surroundings,
  meter?: RunMeter,
): Promise<ExitCode> {
  const { out, err, now } = surroundings;
  const limit = limitOf(options.limit);
  const casebook = createCasebook();
  const prepared = await prepareDetection(paths, options, surroundings);
  const decider = createDecider(prepared.configuration);
  const at = now();
  const suppressed = new Map<string, SuppressedCount>();
  const suppressionOf = (finding: Finding) => decider.decide(finding, at).suppressed?.suppression;
  const tell = (finding: Finding): void => {
    // Where a stage would send it matters to nobody here; what it would keep from everybody is counted, and named at the end.
    meter?.findings([finding.rule.level]);
    const by = suppressionOf(finding);
    if (by === undefined) casebook.add(finding);
    else {
      meter?.count('FindingsSuppressed', 1);
      suppressed.set(by.name, { by, findings: (suppressed.get(by.name)?.findings ?? 0) + 1 });
    }
  };
  const outcome = await detectFiles(prepared, options, surroundings, tell, {
    ...(meter && watchOf(meter)),
    keptBack: (finding) => suppressionOf(finding) !== undefined,
  });
  const files = outcome.input.summary();
  meter?.count('ObjectsRead', files.read);
  meter?.count('ObjectsSkipped', files.skipped);
  const found = casebook.read();

  const told = mostSevere(found.alerts, limit);
  if (options.format === 'ndjson') await printLines(told, out);
  else await deliverToConsole(told, out, now, { accounts: prepared.configuration.accounts });
  meter?.count('FindingsDelivered', told.length);
  const left = found.alertsTotal - told.length;
  if (left > 0) await err.write(`… and ${plural(left, 'less severe alert')} not printed here (--limit)\n`);

  const kept = [...suppressed.values()];
  const report = options.report
    ? await writeReport({ paths, options, outcome, found, suppressed: kept, surroundings })
    : undefined;
  const summary = renderSummary({
    outcome,
    found,
    suppressed: kept,
    report,
    colors: out.colors,
    width: out.width,
  });
  await (options.format === 'ndjson' ? err : out).write(summary);
  return exitCodeOf(outcome);
}

/** Counts each record as it is read, so that all = matched + unmatched + failed at any moment. */
function watchOf(meter: RunMeter): DetectObserver {
  const one = (became: 'RecordsMatched' | 'RecordsUnmatched' | 'RecordsFailed'): void => {
    meter.count('RecordsRead', 1);
    meter.count(became, 1);
  };
  return {
    record: (matched) => one(matched ? 'RecordsMatched' : 'RecordsUnmatched'),
    failure: () => one('RecordsFailed'),
    overflow: () => meter.count('CorrelationOverflows', 1),
  };
}

function limitOf(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new UsageError(`--limit ${text}: not a whole number`);
  return Number(text) || Infinity;
}

function mostSevere(alerts: Case['alerts'], limit: number): readonly Alert[] {
  if (alerts.length <= limit) return alerts;
  const ranked = alerts.toSorted(
    (a, b) => bySeverity(a.finding.rule.level, b.finding.rule.level) || inTime(a.finding, b.finding),
  );
  return ranked.slice(0, limit).sort((a, b) => inTime(a.finding, b.finding));
}

async function printLines(alerts: readonly Alert[], out: Output): Promise<void> {
  for (const { finding, count: times, first, last } of alerts) {
    await out.write(`${plainJson({ ...findingLine(finding), alert: { count: times, first, last } })}\n`);
  }
}

/** The console is a receiver like every other: what a person sees here went through the same delivery. */
async function deliverToConsole(
  alerts: readonly Alert[],
  out: Output,
  now: () => Date,
  context: MessageContext,
): Promise<void> {
  const findings = alerts.map(({ finding }) => finding);
  const failed = await deliverAtOnce(findings, {
    receivers: [consoleReceiver(alerts, out)],
    now,
    context,
    // A person who pages through the alerts may take as long as they like.
    sendTimeoutMs: longestTimerMs,
  });
  const [first] = failed;
  if (first !== undefined) throw new Error(`${plural(failed.length, 'alert')} not delivered: ${first.why}`);
}

const longestTimerMs = 2 ** 31 - 1;

// Adds to each block how often the news came: the finding that is delivered is the first of them.
function consoleReceiver(alerts: readonly Alert[], out: Output): Receiver {
  const byFinding = new Map(alerts.map((alert) => [alert.finding.id, alert]));
  let again = '';
  const stream = new Writable({
    decodeStrings: false,
    write(block: string, _encoding, settle) {
      void out.write(`${block.trimEnd()}\n${again}\n`).then(() => settle(), settle);
    },
  });
  const { colors, width } = out;
  const receiver = createConsole({ stream, colour: colors.isColorSupported, width: Math.min(width, 120) });
  return {
    ...receiver,
    send(notification, signal) {
      const alert = byFinding.get(notification.finding.id);
      again = alert === undefined || alert.count === 1 ? '' : `${timesLine(alert, colors)}\n`;
      return receiver.send(notification, signal);
    },
  };
}

function timesLine({ count: times, first, last }: Alert, colors: Colors): string {
  const apart = Date.parse(last) - Date.parse(first);
  const until =
    first.slice(0, 10) === last.slice(0, 10) ? last.slice(11, 19) : `${last.slice(0, 10)} ${last.slice(11, 19)}`;
  return `${colors.dim('again'.padEnd(10))}${count(times)} times in ${span(apart)}, until ${until}`;
}
