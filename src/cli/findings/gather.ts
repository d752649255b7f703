import type { Finding } from '../../model/finding.ts';
import { dedupeKeyOf } from '../../notify/index.ts';
import { bySeverity } from './casebook/order.ts';
import { createShortlist } from './casebook/shortlist.ts';
import { lightFinding } from './light-finding.ts';

/** Gathered is findings in order of time, each fact once. */
export interface Gathered {
  /** add takes a finding; false when the same fact came before, by another path. */
  add(finding: Finding): boolean;
  inOrder(): Iterable<Finding>;
}

interface Held {
  finding: Finding;
  readonly ms: number;
}

/** The earliest finding of one fingerprint. */
interface First {
  held: Held;
  whole: boolean;
}

/** How many findings are held whole: as many as a page shows alerts. */
const wholeLimit = 2000;

/**
 * gatherFindings holds findings that come in any order until all are there. Whole it holds the first finding of each
 * fingerprint, of the most severe ones; of the others it leaves out the record as it was logged, which is most of a finding:
 * about a kilobyte stays.
 */
export function gatherFindings(limit = wholeLimit): Gathered {
  const facts = new Set<string>();
  const all: Held[] = [];
  const firsts = new Map<string, First>();
  const whole = createShortlist<First>(
    limit,
    ({ held: a }, { held: b }) => bySeverity(a.finding.rule.level, b.finding.rule.level) || a.ms - b.ms,
  );

  /** Makes a finding the first of its fingerprint; what stood there, or was the least severe, becomes light. */
  const open = (held: Held): void => {
    const first = { held, whole: true };
    firsts.set(held.finding.fingerprint, first);
    for (const dropped of whole.add(first)) {
      dropped.whole = false;
      dropped.held.finding = lightFinding(dropped.held.finding);
    }
  };
  const join = (first: First, held: Held): void => {
    if (first.whole && held.ms < first.held.ms) {
      first.held.finding = lightFinding(first.held.finding, held.finding);
      first.held = held;
    } else held.finding = lightFinding(held.finding, first.held.finding);
  };

  return {
    add(finding) {
      const fact = dedupeKeyOf(finding);
      if (facts.has(fact)) return false;
      facts.add(fact);
      const held: Held = { finding, ms: Date.parse(finding.time) };
      all.push(held);
      const first = firsts.get(finding.fingerprint);
      if (first === undefined) open(held);
      else join(first, held);
      return true;
    },
    *inOrder() {
      // A stable order: of findings at one moment, the one that was found first.
      for (const { finding } of all.sort((a, b) => a.ms - b.ms)) yield finding;
    },
  };
}
