import { isAtLeast } from '../../model/level.ts';
import { plural } from '../../text/amounts.ts';
import { plainJson } from '../../text/escape.ts';
import type { Alert, Alerts } from '../findings/casebook/alerts.ts';
import type { Case } from '../findings/casebook/casebook.ts';
import { bySeverity, inTime } from '../findings/casebook/order.ts';
import { deliverLocally } from '../findings/deliver-locally.ts';
import { detectFiles, exitCodeOf, prepareDetection } from '../findings/detect-files.ts';
import type { DetectObserver } from '../findings/detect-files.ts';
import { gatherFindings } from '../findings/gather.ts';
import { writePage } from '../findings/page-file.ts';
import { renderSummary } from '../findings/summary.ts';
import { UsageError } from '../shell/exit.ts';
import type { ExitCode } from '../shell/exit.ts';
import type { RunOptions } from '../shell/options.ts';
import type { Output, Surroundings } from '../shell/terminal.ts';
import { alertLine, heldBackLine } from './alert-line.ts';
import { alertEntries } from './alert-text.ts';
import type { RunMeter } from './metrics-server.ts';

/** runFiles takes files through all of Trailwatch: detect, correlate, decide as a stage would, print, sum up, write the page. */
export async function runFiles(
  paths: readonly string[],
  options: RunOptions,
  surroundings: Surroundings,
  meter?: RunMeter,
): Promise<ExitCode> {
  const { out, err } = surroundings;
  const limit = limitOf(options.limit);
  const prepared = await prepareDetection(paths, options, surroundings);
  const { configuration } = prepared;
  const findings = gatherFindings();
  // Findings below --level are not shown, but still take part in decisions: all are gathered.
  const { level, ...every } = options;
  const outcome = await detectFiles(
    prepared,
    every,
    surroundings,
    (finding) => {
      const asked = level === undefined || isAtLeast(finding.rule.level, level);
      if (findings.add(finding) && asked) meter?.findings([finding.rule.level]);
    },
    meter && observerOf(meter),
  );
  const found = await deliverLocally(findings, { configuration, level });
  const files = outcome.input.summary();
  meter?.count('ObjectsRead', files.read);
  meter?.count('ObjectsSkipped', files.skipped);
  meter?.count('FindingsDelivered', found.delivered);
  meter?.count('FindingsSuppressed', suppressedIn(found));

  const alerts = mostSevere(found.alerts, limit);
  if (options.format === 'ndjson') await printLines(alerts, found, out);
  else {
    const { colors, width } = out;
    const context = { accounts: configuration.accounts };
    for (const { render } of alertEntries(alerts, { context, colors, width }, limit)) await out.write(`${render()}\n`);
  }
  await err.write(notPrinted(alerts, found, options.format === 'ndjson' ? Infinity : limit));

  const page =
    options.page && options.report ? await writePage({ paths, options, outcome, found, surroundings }) : undefined;
  const summary = renderSummary({ outcome, found, page, colors: out.colors, width: out.width });
  await (options.format === 'ndjson' ? err : out).write(summary);
  const { failOn } = options;
  const checkFailed = failOn !== undefined && found.worst !== undefined && isAtLeast(found.worst, failOn);
  return exitCodeOf({ ...outcome, checkFailed });
}

/** Counts each record as it is read, so that all = matched + unmatched + failed at any moment. */
function observerOf(meter: RunMeter): DetectObserver {
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

function suppressedIn({ heldBack }: Case): number {
  return heldBack.filter(({ by }) => by === 'suppressed').reduce((sum, { findings }) => sum + findings, 0);
}

function limitOf(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new UsageError(`--limit ${text}: expected a whole number`);
  return Number(text) || Infinity;
}

function mostSevere(alerts: Alerts['alerts'], limit: number): readonly Alert[] {
  if (alerts.length <= limit) return alerts;
  const ranked = alerts.toSorted(
    (a, b) => bySeverity(a.finding.rule.level, b.finding.rule.level) || inTime(a.finding, b.finding),
  );
  return ranked.slice(0, limit).sort((a, b) => inTime(a.finding, b.finding));
}

/** What `--limit` and the bounds of a case left out of what was printed. */
function notPrinted(alerts: readonly Alert[], { alertsTotal }: Case, mostLater: number): string {
  const later = alerts.reduce((sum, { notificationsTotal }) => sum + Math.max(notificationsTotal - 1, 0), 0);
  const listed = alerts.reduce((sum, { notifications }) => sum + Math.max(notifications.length - 1, 0), 0);
  const left = [
    ...(alertsTotal > alerts.length ? [plural(alertsTotal - alerts.length, 'less severe alert')] : []),
    ...(later > Math.min(listed, mostLater) ? [plural(later - Math.min(listed, mostLater), 'later notification')] : []),
  ];
  return left.length === 0 ? '' : `… and ${left.join(' and ')} not printed here (--limit)\n`;
}

async function printLines(alerts: readonly Alert[], { heldBack }: Case, out: Output): Promise<void> {
  for (const alert of alerts) await out.write(`${plainJson(alertLine(alert))}\n`);
  for (const row of heldBack) await out.write(`${plainJson(heldBackLine(row))}\n`);
}
