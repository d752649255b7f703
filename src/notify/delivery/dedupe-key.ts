import { findingId, type Finding } from '../../model/finding.ts';

/**
 * dedupeKeyOf names what is new in a finding: a fact, or who was behind a fact that was told before. The same telling goes to
 * a receiver once.
 */
export function dedupeKeyOf({ id, completes }: Finding): string {
  return completes === undefined ? id : findingId(id, completes);
}

/** dedupeKeysOf names all that a finding tells whoever gets it: an alert may say at once who did it. */
export function dedupeKeysOf(finding: Finding): readonly string[] {
  const { cause } = finding.event;
  return [dedupeKeyOf(finding), ...(cause === undefined ? [] : [findingId(finding.id, cause.eventId)])];
}

/** wholeAlertOf is a finding as an alert, for whoever has not had the one that it completes. */
export function wholeAlertOf({ completes: _completes, ...finding }: Finding): Finding {
  return finding;
}
