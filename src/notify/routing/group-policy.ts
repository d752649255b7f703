import type { LabelName } from './labels.ts';

/** GroupPolicy is how a route tells its findings at one receiver. */
export interface GroupPolicy {
  /** What makes findings one group: `news` is the rule's own group-by (the fingerprint), `finding` keeps each apart. */
  readonly by: 'news' | 'finding' | readonly LabelName[];
  /** Milliseconds to wait for more before the first is told: 0 tells it at once. */
  readonly waitMs: number;
  /** Milliseconds between two tellings of one group. */
  readonly updateMs: number;
  /** Milliseconds for which a finding joins the earlier notification. */
  readonly repeatMs: number;
  /** How many groups of one rule are told apart within the repeat interval; what comes beyond is told together. */
  readonly most: number;
  readonly quiet?: QuietHours;
}

/** QuietHours are when nobody is told, but of what is important enough. */
export interface QuietHours {
  /** `22:00`, in the time zone; the same as `to` when only whole days are quiet. */
  readonly from: string;
  readonly to: string;
  /** Days that are quiet from midnight to midnight. */
  readonly days: readonly ('mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun')[];
  /** IANA name: `Europe/Berlin`. */
  readonly timezone: string;
  /** The lowest level that is told all the same. */
  readonly except: 'low' | 'medium' | 'high' | 'critical';
}
