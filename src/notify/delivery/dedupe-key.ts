import { findingId, type Finding } from '../../model/finding.ts';

/**
 * dedupeKeyOf names what is new in a finding: a fact, or the actor behind a fact that was sent before. A receiver is notified once
 * for each key.
 */
export function dedupeKeyOf({ id, completes }: Finding): string {
  return completes === undefined ? id : findingId(id, completes);
}

/** dedupeKeysOf names everything that is new in a finding: an alert may name its actor at once. */
export function dedupeKeysOf(finding: Finding): readonly string[] {
  const { cause } = finding.event;
  return [dedupeKeyOf(finding), ...(cause === undefined ? [] : [findingId(finding.id, cause.eventId)])];
}

/** wholeAlertOf turns an addition into an alert of its own, for a receiver that did not get the alert that it adds to. */
export function wholeAlertOf({ completes: _completes, ...finding }: Finding): Finding {
  return finding;
}
