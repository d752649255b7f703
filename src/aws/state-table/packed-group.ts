import { gunzipSync, gzipSync } from 'node:zlib';
import type { Finding } from '../../model/finding.ts';
import { findingDetail } from '../../contract/detail.ts';
import type { FindingGroup } from '../../notify/delivery/state/index.ts';

/** An item may hold 400 KB, keys and all. */
const maxPackedBytes = 380_000;
/** What a finding may take before it is packed: as it is, or so little that it fits unpacked. */
const rooms = [Infinity, 1_000_000, 360_000] as const;
const maxUnpackedBytes = 64_000_000;

/** Two fields are stored under their first names, which tables in use have. */
type Stored = Omit<FindingGroup, 'finding' | 'groupReason' | 'allReceivers'> & {
  readonly together: FindingGroup['groupReason'];
  readonly beside: FindingGroup['allReceivers'];
};

/** packGroup makes a group as small as an item must be: what doesn't fit of its finding goes as it does on the bus, and is named. */
export function packGroup({ finding, groupReason, allReceivers, ...rest }: FindingGroup): Uint8Array {
  const group: Stored = { ...rest, together: groupReason, beside: allReceivers };
  for (const room of rooms) {
    const detail = findingDetail(finding, room);
    if (detail === undefined) continue;
    const packed = gzipSync(`${JSON.stringify(group).slice(0, -1)},"finding":${detail.json}}`);
    if (packed.length <= maxPackedBytes) return packed;
  }
  throw new Error(`finding ${finding.id}: is too large for the state table`);
}

/** unpackGroup reads what packGroup wrote. */
export function unpackGroup(packed: Uint8Array): FindingGroup {
  const text = gunzipSync(packed, { maxOutputLength: maxUnpackedBytes }).toString('utf8');
  const { finding, together, beside, ...group } = JSON.parse(text) as Stored & {
    readonly finding: Finding & { readonly version?: string };
  };
  const { version: _version, ...rest } = finding;
  return { ...group, groupReason: together, allReceivers: beside, finding: rest };
}
