import { findingId, type Finding } from '../../model/finding.ts';

/**
 * tellingOf names what is new in a finding: a fact, or who was behind a fact that was told before. The same telling goes to
 * a receiver once.
 */
export function tellingOf({ id, completes }: Finding): string {
  return completes === undefined ? id : findingId(id, completes);
}

/** tellingsOf names all that a finding tells whoever gets it: an alert may say at once who did it. */
export function tellingsOf(finding: Finding): readonly string[] {
  const { cause } = finding.event;
  return [tellingOf(finding), ...(cause === undefined ? [] : [findingId(finding.id, cause.eventId)])];
}

/** wholeOf is a finding as an alert, for whoever has not had the one that it completes. */
export function wholeOf({ completes: _completes, ...finding }: Finding): Finding {
  return finding;
}
