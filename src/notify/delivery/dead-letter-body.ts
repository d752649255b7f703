import type { Finding } from '../../model/finding.ts';
import { findingDetail, findingDetailType, findingSource } from '../../contract/detail.ts';

/** SQS takes 262,144 bytes in every region, attributes included. */
const maxDetailBytes = 250_000;

/** deadLetterBody writes the event of a finding as the bus delivers it, without the account and region of the bus. */
export function deadLetterBody(finding: Finding, id: string, now: Date): string {
  const detail = findingDetail(finding, maxDetailBytes);
  if (detail === undefined) throw new Error(`finding ${finding.id}: is too large for a dead letter`);
  const envelope = {
    version: '0',
    id,
    'detail-type': findingDetailType,
    source: findingSource,
    time: now.toISOString(),
    resources: [],
  };
  return `${JSON.stringify(envelope).slice(0, -1)},"detail":${detail.json}}`;
}
