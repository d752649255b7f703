import type { LabelName } from './labels.ts';

/** GroupPolicy is how a route groups its findings at one receiver, and when it notifies. */
export interface GroupPolicy {
  /** What makes findings one group: `news` is the rule's own group-by (the fingerprint), `finding` gives each its own group. */
  readonly by: 'news' | 'finding' | readonly LabelName[];
  /** Milliseconds to wait for more findings before the first notification: 0 sends it at once. */
  readonly waitMs: number;
  /** Milliseconds between two notifications of one group. */
  readonly updateMs: number;
  /** Milliseconds for which a finding joins the earlier notification. */
  readonly repeatMs: number;
  /** How many groups of one rule notify separately within the repeat interval; all findings beyond share one group. */
  readonly most: number;
  readonly quiet?: QuietHours;
}

/** QuietHours are times without notifications, except for findings at or above a level. */
export interface QuietHours {
  /** `22:00`, in the time zone; the same as `to` when only whole days are quiet. */
  readonly from: string;
  readonly to: string;
  /** Days that are quiet from midnight to midnight. */
  readonly days: readonly ('mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun')[];
  /** IANA name: `Europe/Berlin`. */
  readonly timezone: string;
  /** The lowest level that notifies also in quiet hours. */
  readonly except: 'low' | 'medium' | 'high' | 'critical';
}
