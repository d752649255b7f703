import { isAtLeast } from '../../model/level.ts';
import type { Finding } from '../../model/finding.ts';
import type { GroupPolicy } from '../routing/group-policy.ts';
import type { Generation } from './state/group-store.ts';
import type { Labels } from '../routing/labels.ts';
import type { Receiver } from '../receivers/receiver.ts';
import { hashOf } from '../../text/hash.ts';
import { dedupeKeyOf } from './dedupe-key.ts';

/** Placement is the group that a finding belongs to at a receiver, and the limit to the number of groups. */
export interface Placement {
  /** Names what the findings of the group have in common; undefined for a finding that stays alone. */
  readonly base?: string;
  /** Why the findings are one group, for a person. */
  readonly groupReason: string;
  /** The name under which groups are counted; undefined without a limit. */
  readonly scope?: string;
  /** The group that takes the finding when there are too many groups. */
  readonly overflow?: { readonly base: string; readonly groupReason: string };
}

export interface Placed {
  readonly finding: Finding;
  readonly receiver: Pick<Receiver, 'name' | 'grouping'>;
  readonly policy: GroupPolicy;
  readonly labels: Labels;
  /** The group of the alert that the finding adds to. */
  readonly parent?: string | undefined;
}

/**
 * placementOf decides the group of a finding. Programs get each finding by itself. An addition to an alert stays alone too, since
 * each adds something else, but the throttle limits additions as it limits alerts.
 */
export function placementOf({ finding, receiver, policy, labels, parent }: Placed): Placement {
  if (receiver.grouping === 'each') return { groupReason: 'one finding' };
  const { by, most } = policy;
  const scope = hashOf(['throttle', receiver.name, parent ?? finding.rule.id]);
  const bounded =
    most > mostBounded
      ? {}
      : {
          scope,
          overflow: {
            base: hashOf(['overflow', receiver.name, scope]),
            groupReason: `more than ${most} ${parent === undefined ? 'alerts of this rule' : 'additions to this alert'}`,
          },
        };
  if (parent !== undefined) return { groupReason: 'additions to this alert', ...bounded };
  switch (by) {
    case 'finding':
      return { groupReason: 'one finding', ...bounded };
    case 'news':
      return { base: hashOf(['news', receiver.name, finding.fingerprint]), groupReason: 'the same alert', ...bounded };
    default: {
      const values = by.map((label) => labels[label] ?? []);
      const base = hashOf(['labels', receiver.name, by, values, weightOf(finding, policy)]);
      return { base, groupReason: `the same ${by.join(' and ')}`, ...bounded };
    }
  }
}

/** A larger limit counts as `off`: the counted groups are remembered by name. */
const mostBounded = 1_000;

/** Findings that notify in quiet hours, and critical ones, get groups apart: they must not wait for the others' updates. */
function weightOf({ rule: { level } }: Finding, { quiet }: GroupPolicy): string {
  if (level === 'critical') return 'critical';
  return quiet !== undefined && isAtLeast(level, quiet.except) ? 'loud' : '';
}

/** aloneKey names the group of a finding that stays alone: the same group at every attempt. */
export function aloneKey(receiver: string, finding: Finding): string {
  return hashOf(['alone', receiver, dedupeKeyOf(finding)]);
}

/** generationKey names a generation: another opening of the same base gets another key. */
export function generationKey(base: string, { openedMs, lead }: Pick<Generation, 'openedMs' | 'lead'>): string {
  return hashOf([base, openedMs, lead]);
}

/**
 * nextStepMs is the time of the next delivery step of a group that a finding joins now: steps come at regular times, so that a
 * burst asks for one.
 */
export function nextStepMs(
  { openedMs }: Pick<Generation, 'openedMs'>,
  { waitMs, updateMs }: Pick<GroupPolicy, 'waitMs' | 'updateMs'>,
  nowMs: number,
): number {
  const firstMs = openedMs + waitMs;
  return nowMs < firstMs ? firstMs : firstMs + (Math.floor((nowMs - firstMs) / updateMs) + 1) * updateMs;
}
