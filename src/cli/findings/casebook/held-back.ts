import type { Finding, RuleSummary } from '../../../model/finding.ts';
import type { AcceptOutcome } from '../../../notify/index.ts';
import { bySeverity } from './order.ts';

/** HeldBack is the findings of one rule that delivery holds back for one reason. */
export interface HeldBack {
  readonly by: 'suppressed' | 'inhibited' | 'trial';
  /** The suppression, inhibition or trial. */
  readonly name: string;
  readonly owner?: string;
  readonly reason?: string;
  /** The last day of the suppression or the trial (UTC), or `never`. */
  readonly until?: string;
  readonly rule: Pick<RuleSummary, 'id' | 'title' | 'level'>;
  readonly findings: number;
  /** ISO 8601, UTC: when the first and the last of the findings happened. */
  readonly first: string;
  readonly last: string;
}

/** heldBackBy says what holds a finding back; undefined for every other outcome, also where no route wants the finding. */
export function heldBackBy({ kind, receiver }: AcceptOutcome): HeldBack['by'] | undefined {
  if (kind !== 'muted') return undefined;
  return receiver === 'suppressed' || receiver === 'inhibited' || receiver === 'trial' ? receiver : undefined;
}

/** createHeldBackCounts counts findings that are held back: a row for each reason and rule. */
export function createHeldBackCounts(): {
  /** add takes findings in order of time. */
  add(by: HeldBack['by'], finding: Finding, why: AcceptOutcome['why']): void;
  /** The rows of one reason stand together, the most severe rule first. */
  read(): readonly HeldBack[];
} {
  const rows = new Map<string, { -readonly [Key in keyof HeldBack]: HeldBack[Key] }>();
  return {
    add(by, { rule: { id, title, level }, time }, why) {
      const name = why['suppression'] ?? why['inhibition'] ?? why['trial'] ?? '';
      const key = JSON.stringify([by, name, id]);
      const known = rows.get(key);
      if (known !== undefined) {
        known.findings += 1;
        known.last = time;
        return;
      }
      const { owner, reason, until } = why;
      rows.set(key, {
        by,
        name,
        ...(owner !== undefined && { owner }),
        ...(reason !== undefined && { reason }),
        ...(until !== undefined && { until }),
        rule: { id, title, level },
        findings: 1,
        first: time,
        last: time,
      });
    },
    read: () =>
      [...rows.values()].sort(
        (a, b) =>
          order.indexOf(a.by) - order.indexOf(b.by) ||
          (a.name < b.name ? -1 : a.name > b.name ? 1 : 0) ||
          bySeverity(a.rule.level, b.rule.level),
      ),
  };
}

const order: readonly HeldBack['by'][] = ['suppressed', 'inhibited', 'trial'];
