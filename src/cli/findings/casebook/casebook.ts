import type { Actor } from '../../../model/audit-event.ts';
import type { Finding, RuleSummary } from '../../../model/finding.ts';
import { levels } from '../../../model/level.ts';
import type { Level } from '../../../model/level.ts';
import { bySeverity, inTime } from './order.ts';
import { createShortlist } from './shortlist.ts';
import { createTimeline, noCounts } from './timeline.ts';
import type { LevelCounts, Timeline } from './timeline.ts';

/** Occurrence is one finding of an alert, in a line. */
export interface Occurrence {
  readonly findingId: string;
  readonly time: string;
  readonly action: string;
  readonly target?: string;
  readonly from?: string;
  /** `ok`, or the error code. */
  readonly outcome: string;
  readonly path: string;
  readonly index: number;
}

/** Alert is all findings of the same news (one fingerprint), told by the earliest one. */
export interface Alert {
  readonly finding: Finding;
  readonly count: number;
  readonly first: string;
  readonly last: string;
  /** The earliest of its findings, in order of time. */
  readonly occurrences: readonly Occurrence[];
}

export interface RuleCount {
  readonly rule: RuleSummary;
  readonly count: number;
}

export interface ActorCount {
  readonly name: string;
  readonly kind: Actor['kind'];
  readonly account?: string;
  readonly counts: LevelCounts;
  readonly count: number;
}

/** Case is what a run found, within bounds that don't grow with the input. */
export interface Case {
  /** Findings, each fact once. */
  readonly findings: number;
  /** ISO 8601, UTC: when the first and the last finding happened; empty without findings. */
  readonly first: string;
  readonly last: string;
  readonly byLevel: LevelCounts;
  /** The most severe and most frequent first. */
  readonly rules: readonly RuleCount[];
  readonly actors: readonly ActorCount[];
  /** Whether there were more actors than could be counted one by one. */
  readonly moreActors: boolean;
  readonly timeline: Timeline;
  /** In the order they would have arrived: by the time of their first finding. */
  readonly alerts: readonly Alert[];
  /** Alerts in all, and the findings of those that are not among `alerts`. */
  readonly alertsTotal: number;
  readonly findingsUntold: number;
}

export interface CasebookLimits {
  readonly alerts: number;
  readonly occurrences: number;
  readonly actors: number;
}

/** The default limits: what one page can show and a laptop's memory can hold many times over. */
const casebookLimits: CasebookLimits = { alerts: 2000, occurrences: 40, actors: 5000 };

export interface Casebook {
  /** add takes a finding; false when the same fact came before, by another path. */
  add(finding: Finding): boolean;
  read(): Case;
}

interface OpenAlert {
  finding: Finding;
  count: number;
  last: string;
  occurrences: Occurrence[];
}

/**
 * createCasebook gathers findings in any order. It holds in full only the first finding of the most severe alerts, and a
 * line for each of their first occurrences; of everything else, counts. What grows with the input is one id a finding
 * (the same fact must not count twice) and one fingerprint an alert: some 150 bytes together.
 */
export function createCasebook(limits: CasebookLimits = casebookLimits): Casebook {
  const facts = new Set<string>();
  // An alert that fell off the shortlist leaves its fingerprint behind, so that it isn't opened again.
  const alerts = new Map<string, OpenAlert | undefined>();
  const shortlist = createShortlist<OpenAlert>(limits.alerts, moreImportantFirst);
  const rules = new Map<string, { rule: RuleSummary; count: number }>();
  const actors = new Map<
    string,
    { -readonly [K in keyof ActorCount]: ActorCount[K] } & { counts: Record<Level, number> }
  >();
  const timeline = createTimeline(96);
  const byLevel = noCounts();
  let first = '';
  let last = '';
  let moreActors = false;

  const countRule = (rule: RuleSummary): void => {
    const entry = rules.get(rule.id);
    if (entry === undefined) rules.set(rule.id, { rule, count: 1 });
    else entry.count++;
  };
  const countActor = ({ event: { actor, account: eventAccount }, rule }: Finding): void => {
    const account = actor.account ?? eventAccount;
    const key = JSON.stringify([actor.kind, actor.name, account]);
    const known = actors.get(key);
    // Names come from events: a scan that tries a million user names must not fill memory.
    if (known === undefined && actors.size >= limits.actors) {
      moreActors = true;
      return;
    }
    const entry = known ?? {
      name: actor.name,
      kind: actor.kind,
      ...(account && { account }),
      counts: noCounts(),
      count: 0,
    };
    entry.counts[rule.level]++;
    entry.count++;
    if (known === undefined) actors.set(key, entry);
  };
  const open = (finding: Finding): void => {
    const alert: OpenAlert = { finding, count: 1, last: finding.time, occurrences: [occurrenceOf(finding)] };
    alerts.set(finding.fingerprint, alert);
    for (const dropped of shortlist.add(alert)) alerts.set(dropped.finding.fingerprint, undefined);
  };
  const join = (alert: OpenAlert, finding: Finding): void => {
    alert.count++;
    if (finding.time > alert.last) alert.last = finding.time;
    if (finding.time < alert.finding.time) alert.finding = finding;
    alert.occurrences.push(occurrenceOf(finding));
    if (alert.occurrences.length > 2 * limits.occurrences) trim(alert, limits.occurrences);
  };

  return {
    add(finding) {
      if (facts.has(finding.id)) return false;
      facts.add(finding.id);
      byLevel[finding.rule.level]++;
      if (first === '' || finding.time < first) first = finding.time;
      if (finding.time > last) last = finding.time;
      countRule(finding.rule);
      countActor(finding);
      timeline.add(finding.time, finding.rule.level);
      const alert = alerts.get(finding.fingerprint);
      if (alert !== undefined) join(alert, finding);
      else if (!alerts.has(finding.fingerprint)) open(finding);
      return true;
    },
    read() {
      const told = shortlist.kept().map((alert) => {
        trim(alert, limits.occurrences);
        const { finding, count, last, occurrences } = alert;
        return { finding, count, first: finding.time, last, occurrences };
      });
      return {
        findings: facts.size,
        first,
        last,
        moreActors,
        byLevel,
        rules: [...rules.values()].sort((a, b) => bySeverity(a.rule.level, b.rule.level) || b.count - a.count),
        actors: [...actors.values()].sort((a, b) => severityOf(b.counts) - severityOf(a.counts) || b.count - a.count),
        timeline: timeline.read(),
        alerts: told.sort((a, b) => inTime(a.finding, b.finding)),
        alertsTotal: alerts.size,
        findingsUntold: facts.size - told.reduce((sum, { count }) => sum + count, 0),
      };
    },
  };
}

function trim(alert: OpenAlert, limit: number): void {
  alert.occurrences = alert.occurrences.sort(inTime).slice(0, limit);
}

function occurrenceOf({ id, time, event }: Finding): Occurrence {
  const [target] = event.targets;
  return {
    findingId: id,
    time,
    action: event.action,
    ...(target && { target: target.id }),
    ...(event.sourceAddress !== undefined && { from: event.sourceAddress }),
    outcome: event.outcome.kind === 'success' ? 'ok' : event.outcome.code,
    path: event.origin.path,
    index: event.origin.index,
  };
}

function moreImportantFirst(a: OpenAlert, b: OpenAlert): number {
  return bySeverity(a.finding.rule.level, b.finding.rule.level) || inTime(a.finding, b.finding);
}

function severityOf(counts: LevelCounts): number {
  return levels.findLastIndex((level) => counts[level] > 0);
}
