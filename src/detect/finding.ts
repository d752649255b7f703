import type { AuditEvent } from '../model/audit-event.ts';
import { findingId, fingerprintOf, type Finding, type RuleSummary } from '../model/finding.ts';
import type { LoweredCorrelation, LoweredRule, RuleMeta } from '../sigma/match.ts';
import type { RuleMatch } from './detector.ts';
import { valueOf, valueText } from './field-value.ts';

/** findingOf makes a finding of a rule's match. */
export function findingOf(match: RuleMatch): Finding {
  const { rule, record } = match;
  const event = match.event();
  return {
    id: findingId(rule.key, record.fact ?? record.id),
    fingerprint: fingerprintOf(
      rule.key,
      groupValues(rule.meta, (name) => valueOf(record.fields, name)) ?? newsOf(event),
    ),
    rule: ruleSummary(rule),
    time: event.time,
    event,
    correlated: [],
    evidence: match.evidence(),
    labels: labelsOf(rule, event),
  };
}

/**
 * ruleSummary is what readers of a finding see of its rule. Sigma leaves `level` optional and gives it no default; a rule
 * without one counts as medium, so that it is neither lost below a route's floor nor wakes anybody.
 */
export function ruleSummary({ key, meta }: LoweredRule | LoweredCorrelation): RuleSummary {
  const { runbook } = meta.custom;
  return {
    id: key,
    title: meta.title,
    level: meta.level ?? 'medium',
    ...(meta.description === undefined ? {} : { description: meta.description }),
    tags: meta.tags,
    falsePositives: meta.falsepositives,
    references: meta.references,
    ...(typeof runbook === 'string' && runbook !== '' ? { runbook } : {}),
  };
}

/** labelsOf gives what routes match on; a label that the event says nothing about is absent. */
export function labelsOf(rule: LoweredRule | LoweredCorrelation, event: AuditEvent): Readonly<Record<string, string>> {
  const labels = {
    level: rule.meta.level ?? 'medium',
    rule: rule.key,
    account: event.account,
    region: event.region,
    source: event.source.services[0] ?? event.source.category ?? event.source.product,
    actor: event.actor.name,
    service: event.service,
    action: event.action,
    address: event.sourceAddress,
  };
  return Object.fromEntries(
    Object.entries(labels).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

/**
 * groupValues are the values of the fields that a rule's own `groupby` attribute lists: they decide what is the same
 * news. Undefined when the rule has no such list.
 */
export function groupValues({ custom }: RuleMeta, read: (name: string) => unknown): readonly string[] | undefined {
  const names = typeof custom['groupby'] === 'string' ? [custom['groupby']] : custom['groupby'];
  if (!Array.isArray(names)) return undefined;
  return names.flatMap((name: unknown) => {
    const value = typeof name === 'string' ? read(name) : undefined;
    return [valueText(name), valueText(value)];
  });
}

/** Without a list of its own, a rule's news is who did it, in which account and from where. */
function newsOf({ actor, account, sourceAddress }: AuditEvent): readonly string[] {
  return [actor.arn ?? actor.name, account ?? '', sourceAddress ?? ''];
}
