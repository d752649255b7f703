import { isAtLeast } from '../../model/level.ts';
import type { Finding } from '../../model/finding.ts';
import type { GroupPolicy } from '../routing/group-policy.ts';
import type { Generation } from './state/group-store.ts';
import type { Labels } from '../routing/labels.ts';
import type { Receiver } from '../receivers/receiver.ts';
import { hashOf } from '../../text/hash.ts';
import { dedupeKeyOf } from './dedupe-key.ts';

/** Placement is where a finding belongs at a receiver: with which others, and what bounds how many are told apart. */
export interface Placement {
  /** What the findings have in common that belong together; undefined for one that stands alone. */
  readonly base?: string;
  /** Why they are together, for a person. */
  readonly groupReason: string;
  /** Under what name its group is counted; undefined when nothing bounds them. */
  readonly scope?: string;
  /** Where it belongs when there are too many. */
  readonly overflow?: { readonly base: string; readonly groupReason: string };
}

export interface Placed {
  readonly finding: Finding;
  readonly receiver: Pick<Receiver, 'name' | 'grouping'>;
  readonly policy: GroupPolicy;
  readonly labels: Labels;
  /** The group of the alert that the finding completes. */
  readonly parent?: string | undefined;
}

/**
 * placementOf says where a finding belongs. Programs get each by itself. What says more of an alert stands alone too, since
 * each says something else, but no more of them than of alerts: a burst is counted, whatever it is made of.
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
  if (parent !== undefined) return { groupReason: 'what is added to this alert', ...bounded };
  switch (by) {
    case 'finding':
      return { groupReason: 'one finding', ...bounded };
    case 'news':
      return { base: hashOf(['news', receiver.name, finding.fingerprint]), groupReason: 'the same news', ...bounded };
    default: {
      const values = by.map((label) => labels[label] ?? []);
      const base = hashOf(['labels', receiver.name, by, values, weightOf(finding, policy)]);
      return { base, groupReason: `the same ${by.join(' and ')}`, ...bounded };
    }
  }
}

/** Beyond it a bound is none: what counts as `off`. The groups that are counted are remembered by name. */
const mostBounded = 1_000;

/** What may wake people doesn't wait in a group that may not, and what is critical not for the update of one that isn't. */
function weightOf({ rule: { level } }: Finding, { quiet }: GroupPolicy): string {
  if (level === 'critical') return 'critical';
  return quiet !== undefined && isAtLeast(level, quiet.except) ? 'loud' : '';
}

/** aloneKey names the group of a finding that stands alone: the same one whenever it is tried. */
export function aloneKey(receiver: string, finding: Finding): string {
  return hashOf(['alone', receiver, dedupeKeyOf(finding)]);
}

/** generationKey names a generation: whoever else opens one of the same base gets another. */
export function generationKey(base: string, { openedMs, lead }: Pick<Generation, 'openedMs' | 'lead'>): string {
  return hashOf([base, openedMs, lead]);
}

/**
 * nextLookMs is when a finding that joins now is told: at the next of the regular times at which its group is looked at, so
 * that a burst asks for one look.
 */
export function nextLookMs(
  { openedMs }: Pick<Generation, 'openedMs'>,
  { waitMs, updateMs }: Pick<GroupPolicy, 'waitMs' | 'updateMs'>,
  nowMs: number,
): number {
  const firstMs = openedMs + waitMs;
  return nowMs < firstMs ? firstMs : firstMs + (Math.floor((nowMs - firstMs) / updateMs) + 1) * updateMs;
}
