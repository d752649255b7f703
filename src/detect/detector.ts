import { describe } from '../describe/describe.ts';
import type { AuditEvent } from '../model/audit-event.ts';
import type { Evidence } from '../model/finding.ts';
import type { LogRecord } from '../model/log-record.ts';
import { evidenceOf, type LoweredRule } from '../sigma/match.ts';
import type { RuleSet } from './rule-set.ts';

/**
 * RuleMatch is one rule that matched one record. It is a finding of its own only when `rule.generate`: other matches are
 * there for the correlations that use the rule.
 */
export interface RuleMatch {
  readonly rule: LoweredRule;
  /** The record, with its derived fields among the others. */
  readonly record: LogRecord;
  /** event describes the record, when first asked. */
  readonly event: () => AuditEvent;
  /** evidence is the fields that made the rule match. */
  readonly evidence: () => readonly Evidence[];
}

export interface Detector {
  /** detect gives the rules that match a record, in the order of the rule set. */
  readonly detect: (record: LogRecord) => readonly RuleMatch[];
}

const noMatches: readonly RuleMatch[] = [];

/** createDetector asks a rule set about records. Nothing is described or explained before somebody asks for it. */
export function createDetector(ruleSet: RuleSet): Detector {
  return {
    detect: (record) => {
      let matches: RuleMatch[] | undefined;
      let event: AuditEvent | undefined;
      // One description serves all the rules that matched the record.
      const describeOnce = (): AuditEvent => (event ??= describe(record));
      let derived: LogRecord | undefined;
      for (const { rule, matches: isMatch } of ruleSet.candidates(record)) {
        if (!isMatch(record.fields)) continue;
        matches ??= [];
        const matched = (derived ??= { ...record, fields: ruleSet.derive(record.fields) });
        matches.push({
          rule,
          record: matched,
          event: describeOnce,
          evidence: () => evidenceOf(rule.expr, matched.fields),
        });
      }
      return matches ?? noMatches;
    },
  };
}
