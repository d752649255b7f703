import { createHash } from 'node:crypto';
import type { AuditEvent } from './audit-event.ts';
import type { Level } from './level.ts';

/** RuleSummary is what readers of a finding need to know of its rule. */
export interface RuleSummary {
  readonly id: string;
  readonly title: string;
  readonly level: Level;
  readonly description?: string;
  /** Sigma tags, e.g. `attack.t1078.004`. */
  readonly tags: readonly string[];
  readonly falsePositives: readonly string[];
  readonly references: readonly string[];
  /** What to do when it fires: an address or a few sentences, from the rule's custom `runbook` attribute. */
  readonly runbook?: string;
}

/** Evidence is one field that made the rule match. */
export interface Evidence {
  readonly field: string;
  /** The value seen, as text. */
  readonly value: string;
  /** What the rule wanted, for a person: `is "root"`, `contains "0.0.0.0/0"`. */
  readonly wanted: string;
}

/** Finding is one rule matching one event, or one correlation firing over several. */
export interface Finding {
  /** The same fact has the same id, whichever path brought it: rule + event. */
  readonly id: string;
  /** Findings of the same rule about the same actor and place have the same fingerprint: they are grouped by it. */
  readonly fingerprint: string;
  readonly rule: RuleSummary;
  /** ISO 8601, UTC: when it happened (a correlation: when it fired), never when it was found. */
  readonly time: string;
  /** The event that matched; of a correlation, the one that made it fire. */
  readonly event: AuditEvent;
  /** A correlation's events in order of time; of a detection, none. */
  readonly correlated: readonly AuditEvent[];
  readonly evidence: readonly Evidence[];
  /** What routes match on: `level`, `rule`, `account`, `region`, `source`, `actor`, … */
  readonly labels: Readonly<Record<string, string>>;
  /**
   * Says that this is not a new fact: it was found before without its actor, whom this finding adds. Holds what it adds, so that it
   * is delivered once: the id of the call, or `not` and the id of a call that turned out not to be the cause.
   */
  readonly completes?: string;
  /** What was left out of a finding that was too large to travel whole, for a person; absent when nothing was. */
  readonly omitted?: readonly string[];
}

/** findingId names the fact that a rule matched an event: 32 hex digits, the same for the same pair everywhere. */
export function findingId(ruleId: string, eventId: string): string {
  return digest([ruleId, eventId]);
}

/** fingerprintOf names what findings are grouped by: 32 hex digits over the rule and its group-by values. */
export function fingerprintOf(ruleId: string, groupBy: readonly string[]): string {
  return digest([ruleId, ...groupBy]);
}

function digest(parts: readonly string[]): string {
  // Parts are framed by JSON, so that no two lists of parts run together to the same text.
  // Half the digest's bytes rather than half its text: a slice would keep the whole text in memory behind every id.
  return createHash('sha256').update(JSON.stringify(parts)).digest().toString('hex', 0, 16);
}
