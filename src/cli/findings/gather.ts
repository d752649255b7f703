import type { AuditEvent } from '../../model/audit-event.ts';
import type { Finding } from '../../model/finding.ts';
import { dedupeKeyOf } from '../../notify/index.ts';
import { bySeverity } from './casebook/order.ts';
import { createShortlist } from './casebook/shortlist.ts';

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

/** How many findings are held whole: as many as a page shows alerts. */
const wholeLimit = 2000;

/**
 * gatherFindings holds findings that come in any order until all are there. Whole it holds the first finding of each news, of
 * the most severe news; of the others it leaves out the record as it was logged, which is most of a finding: some 1 to 2 KB a
 * finding stay.
 */
export function gatherFindings(limit = wholeLimit): Gathered {
  const facts = new Set<string>();
  const all: Held[] = [];
  const firsts = new Map<string, { held: Held } | undefined>();
  const whole = createShortlist<{ held: Held }>(
    limit,
    ({ held: a }, { held: b }) => bySeverity(a.finding.rule.level, b.finding.rule.level) || a.ms - b.ms,
  );
  const lighten = createLightener();

  return {
    add(finding) {
      const fact = dedupeKeyOf(finding);
      if (facts.has(fact)) return false;
      facts.add(fact);
      const held: Held = { finding, ms: Date.parse(finding.time) };
      all.push(held);
      const { fingerprint } = finding;
      const first = firsts.get(fingerprint);
      if (first !== undefined && held.ms < first.held.ms) {
        first.held.finding = lighten(first.held.finding);
        first.held = held;
      } else if (firsts.has(fingerprint)) held.finding = lighten(finding);
      else {
        const fresh = { held };
        firsts.set(fingerprint, fresh);
        for (const dropped of whole.add(fresh)) {
          firsts.set(dropped.held.finding.fingerprint, undefined);
          dropped.held.finding = lighten(dropped.held.finding);
        }
      }
      return true;
    },
    *inOrder() {
      // A stable order: of findings at one moment, the one that was found first.
      for (const { finding } of all.sort((a, b) => a.ms - b.ms)) yield finding;
    },
  };
}

/** createLightener leaves out what takes room; events that several findings share stay shared. */
function createLightener(): (finding: Finding) => Finding {
  const light = new WeakMap<AuditEvent, AuditEvent>();
  const lighten = (event: AuditEvent): AuditEvent => {
    const known = light.get(event);
    if (known !== undefined) return known;
    const made = { ...event, raw: {} };
    light.set(event, made);
    return made;
  };
  return (finding) => ({
    ...finding,
    event: lighten(finding.event),
    correlated: finding.correlated.map(lighten),
    omitted: [...(finding.omitted ?? []), 'the event as it was logged, since there are many findings'],
  });
}
