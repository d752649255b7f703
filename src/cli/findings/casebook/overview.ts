import type { Actor } from '../../../model/audit-event.ts';
import type { Finding, RuleSummary } from '../../../model/finding.ts';
import { levels } from '../../../model/level.ts';
import type { Level } from '../../../model/level.ts';
import { bySeverity } from './order.ts';
import { createTimeline, noCounts } from './timeline.ts';
import type { LevelCounts, Timeline } from './timeline.ts';

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

/** Overview counts findings, notified or not. */
export interface Overview {
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
}

/** createOverview counts findings in any order; what it holds grows with the rules, not with the findings. */
export function createOverview(limits: { readonly actors: number }): {
  add(finding: Finding): void;
  read(): Overview;
} {
  const rules = new Map<string, { rule: RuleSummary; count: number }>();
  const actors = new Map<
    string,
    { -readonly [K in keyof ActorCount]: ActorCount[K] } & { counts: Record<Level, number> }
  >();
  const timeline = createTimeline(96);
  const byLevel = noCounts();
  let [findings, first, last, moreActors] = [0, '', '', false];

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

  return {
    add(finding) {
      findings++;
      byLevel[finding.rule.level]++;
      if (first === '' || finding.time < first) first = finding.time;
      if (finding.time > last) last = finding.time;
      countRule(finding.rule);
      countActor(finding);
      timeline.add(finding.time, finding.rule.level);
    },
    read: () => ({
      findings,
      first,
      last,
      moreActors,
      byLevel,
      rules: [...rules.values()].sort((a, b) => bySeverity(a.rule.level, b.rule.level) || b.count - a.count),
      actors: [...actors.values()].sort((a, b) => severityOf(b.counts) - severityOf(a.counts) || b.count - a.count),
      timeline: timeline.read(),
    }),
  };
}

function severityOf(counts: LevelCounts): number {
  return levels.findLastIndex((level) => counts[level] > 0);
}
