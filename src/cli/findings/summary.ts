import { levels } from '../../model/level.ts';
import { clip, shown } from '../../text/escape.ts';
import { hang } from '../../text/wrap.ts';
import type { DetectOutcome } from './detect-files.ts';
import type { Case } from './casebook/casebook.ts';
import type { HeldBack } from './casebook/held-back.ts';
import type { Timeline } from './casebook/timeline.ts';
import { failureLines } from '../shell/failure-list.ts';
import { unreadLines } from './unread-lines.ts';
import { colorLevel } from '../shell/terminal.ts';
import type { Colors } from '../shell/terminal.ts';
import { bytes, count, duration, plural, span } from '../../text/amounts.ts';

export interface SummaryFacts {
  readonly outcome: DetectOutcome;
  readonly found: Case;
  /** The path of the findings page, when one was written. */
  readonly page: string | undefined;
  readonly colors: Colors;
  readonly width: number;
}

interface Row {
  readonly label: string;
  readonly lines: readonly string[];
  /** Whether the lines may be broken between words. */
  readonly wraps?: true;
}

const listedRules = 8;
const listedFailures = 20;
const labelWidth = 10;

/** renderSummary says what was read, what became of it, and where to read on. */
export function renderSummary(facts: SummaryFacts): string {
  const { outcome, colors, width } = facts;
  const title = outcome.partial ? 'Stopped before the end; so far' : 'Summary';
  const rows: readonly Row[] = [
    { label: 'files', lines: [filesLine(outcome)], wraps: true },
    { label: 'records', lines: recordLines(outcome, colors) },
    { label: 'findings', lines: [findingsLine(facts)], wraps: true },
    { label: 'notified', lines: notifiedLines(facts), wraps: true },
    { label: 'throttled', lines: throttledLines(facts), wraps: true },
    { label: 'held back', lines: heldBackLines(facts), wraps: true },
    { label: 'when', lines: timelineLines(facts.found.timeline, width - labelWidth) },
    { label: 'rules', lines: ruleLines(facts) },
    { label: 'failed', lines: failureLines(outcome.failures, listedFailures), wraps: true },
    { label: 'unread', lines: unreadLines(outcome.unread), wraps: true },
    {
      label: 'refused',
      lines: outcome.refused > 0 ? [`${plural(outcome.refused, 'rule')} that could not be used, named above`] : [],
    },
    { label: 'time', lines: [timeLine(outcome)] },
    { label: 'page', lines: facts.page === undefined ? [] : [facts.page] },
  ];
  const body = rows.flatMap(({ label, lines, wraps }) =>
    (wraps === true ? lines.flatMap((line) => hang(line, width - labelWidth)) : lines).map(
      (line, index) => colors.dim((index === 0 ? label : '').padEnd(labelWidth)) + line,
    ),
  );
  return `${colors.bold(title)}\n${body.join('\n')}\n`;
}

/** filesLine says how many files were read, and which were left aside. */
export function filesLine({ input, tally }: DetectOutcome): string {
  const { read, skipped, failed, bytes: size, skippedFiles } = input.summary();
  const digests = skippedFiles.filter(({ reason }) => reason.startsWith('CloudTrail digest')).length;
  const messages = tally.skipped - skipped;
  const aside = [
    ...(digests > 0 ? [plural(digests, 'digest')] : []),
    ...(skipped > digests ? [`${count(skipped - digests)} of other kinds`] : []),
    ...(messages > 0 ? [plural(messages, 'message without records', 'messages without records')] : []),
  ];
  const parts = [
    `${count(read)} read, ${bytes(size)}`,
    ...(failed > 0 ? [`${count(failed)} failed`] : []),
    ...(aside.length > 0 ? [`skipped ${aside.join(', ')}`] : []),
  ];
  return parts.join('; ');
}

/** recordsLine says what became of the records: all = matched + unmatched + failed. */
export function recordsLine({ tally }: DetectOutcome): string {
  const { records, matched, unmatched, failed } = tally;
  return `${count(records)} read = ${count(matched)} matched + ${count(unmatched)} unmatched + ${count(failed)} failed`;
}

/** unknownLine says how many records were read as they are, since no format knows them. */
export function unknownLine(unknown: number): string {
  return `${count(unknown)} in no known format`;
}

function recordLines(outcome: DetectOutcome, colors: Colors): readonly string[] {
  const line = recordsLine(outcome);
  const { outside, unknown } = outcome.input.progress;
  return [
    outcome.tally.failed > 0 ? line.replace(/[\d,]+ failed$/, (failed) => colors.red(failed)) : line,
    ...(unknown > 0 ? [unknownLine(unknown)] : []),
    ...(outside > 0 ? [`${count(outside)} outside the asked-for time left out`] : []),
  ];
}

function findingsLine({ found, colors }: SummaryFacts): string {
  if (found.findings === 0) return 'none';
  const byLevel = levels
    .toReversed()
    .filter((level) => found.byLevel[level] > 0)
    .map((level) => `${count(found.byLevel[level])} ${colorLevel(colors, level, level)}`);
  return `${count(found.findings)} in ${plural(found.alertsTotal, 'alert')}: ${byLevel.join(', ')}`;
}

/** How often a stage would have notified people, of how many alerts, and which receivers. */
function notifiedLines({ found }: SummaryFacts): readonly string[] {
  const { alertsTotal, alertsToNobody, notifications, receivers } = found;
  if (alertsTotal === 0) return [];
  const nobody = alertsToNobody > 0 ? [`${plural(alertsToNobody, 'alert')} to nobody`] : [];
  const people = `${plural(notifications, 'notification')} of ${plural(alertsTotal - alertsToNobody, 'alert')}`;
  const sent = receivers.map(({ name, notifications: times, program }) =>
    program ? `${shown(name)} ${count(times)} (each finding)` : `${shown(name)} ${count(times)}`,
  );
  return [[...(sent.length > 0 ? [`${people}: ${sent.join(', ')}`] : []), ...nobody].join('; ')];
}

function throttledLines({ found: { findingsThrottled } }: SummaryFacts): readonly string[] {
  return findingsThrottled === 0
    ? []
    : [`${plural(findingsThrottled, 'finding')} grouped by rule beyond the throttle of the route`];
}

function heldBackLines({ found }: SummaryFacts): readonly string[] {
  const byReason = Map.groupBy(found.heldBack, ({ by, name }) => `${by} ${name}`);
  return [...byReason.values()].flatMap((rows) => {
    const [first] = rows;
    const findings = rows.reduce((sum, row) => sum + row.findings, 0);
    return first === undefined ? [] : [`${plural(findings, 'finding')} ${heldBackWords(first)}`];
  });
}

function heldBackWords({ by, name, owner, reason = '', until = '' }: HeldBack): string {
  const named = `${shown(name)}${owner === undefined ? '' : ` (${shown(owner)})`}`;
  switch (by) {
    case 'suppressed':
      return `suppressed by ${named}: ${shown(reason, 200)}`;
    case 'inhibited':
      return `inhibited by ${named}: ${shown(reason, 200)}`;
    case 'trial':
      return `in trial ${named}, until ${until}`;
    default:
      throw new Error(by satisfies never);
  }
}

const blocks = '▁▂▃▄▅▆▇█';

/** timelineLines draws the findings over time in one line of text; nothing when they are all in one moment. */
export function timelineLines({ bars, barMs }: Timeline, width: number): readonly string[] {
  const first = bars[0];
  const last = bars.at(-1);
  if (first === undefined || last === undefined || first === last) return [];
  const sums = new Map(bars.map(({ start, counts }) => [start, levels.reduce((sum, level) => sum + counts[level], 0)]));
  const highest = Math.max(...sums.values());
  // Several bars may have to share a column of a narrow terminal.
  const all = Math.floor((last.start - first.start) / barMs) + 1;
  const perColumn = Math.ceil(all / Math.max(width - 45, 10));
  let drawn = '';
  for (let column = 0; column * perColumn < all; column++) {
    const within = Array.from(
      { length: perColumn },
      (_, i) => sums.get(first.start + (column * perColumn + i) * barMs) ?? 0,
    );
    const most = Math.max(...within);
    drawn += most === 0 ? ' ' : (blocks[Math.ceil((most / highest) * blocks.length) - 1] ?? '█');
  }
  const from = minuteOf(first.start);
  const to = minuteOf(last.start + barMs);
  const end = from.slice(0, 10) === to.slice(0, 10) ? to.slice(11) : to;
  return [`${from} ${drawn} ${end} UTC (${span(barMs * perColumn)} each)`];
}

function minuteOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 16).replace('T', ' ');
}

function ruleLines({ found, colors, width }: SummaryFacts): readonly string[] {
  const listed = found.rules.slice(0, listedRules);
  const digits = Math.max(0, ...listed.map((row) => count(row.count).length));
  const lines = listed.map(({ rule, count: findings }) => {
    const level = colorLevel(colors, rule.level, rule.level) + ' '.repeat('informational'.length - rule.level.length);
    return `${count(findings).padStart(digits)} × ${level}  ${clip(shown(rule.title, 300), Math.max(width - labelWidth - digits - 18, 20))}`;
  });
  const rest = found.rules.length - listed.length;
  return rest > 0 ? [...lines, `… and ${plural(rest, 'more rule', 'more rules')}`] : lines;
}

function timeLine({ elapsedMs, input, tally }: DetectOutcome): string {
  const seconds = Math.max(elapsedMs, 1) / 1000;
  const perSecond = `${count(Math.round((tally.records + input.progress.outside) / seconds))} records/s`;
  return `${duration(elapsedMs)}: ${perSecond}, ${bytes(Math.round(input.progress.bytes / seconds))}/s`;
}
