import type { Finding } from '../../model/finding.ts';
import type { EventLine, Message } from './message.ts';

/** Notification is what a receiver is asked to send: a finding, and the message a person reads about it. */
export interface Notification {
  /** The same news to the same receiver has the same id, however often it is tried. */
  readonly id: string;
  /** The finding that the news began with. */
  readonly finding: Finding;
  readonly message: Message;
  /** What else is told with it; absent where the finding stands for itself. */
  readonly group?: NotificationGroup;
}

/** NotificationGroup is what a notification tells of the findings that are the same news at one receiver. */
export interface NotificationGroup {
  /** 32 hex digits, the same for all that one group is told: what a receiver deduplicates by. */
  readonly key: string;
  /** `first` opens the group at the receiver, `again` tells more of it. */
  readonly kind: 'first' | 'update';
  /** Why these findings are together, for a person: `the same news`, `rule and account`, `more than 10 alerts of this rule`. */
  readonly groupReason: string;
  /** Set when they all say more of an alert that was told before, whose own count is another. */
  readonly additions?: true;
  /** Whether the findings differ in more than their time: then the first one does not stand for all. */
  readonly mixed: boolean;
  /** How many findings there are by now, with the first. */
  readonly count: number;
  /** ISO 8601, UTC: when the first and the last of them happened. */
  readonly since: string;
  readonly until: string;
  /** The latest of them, oldest first: at most 20. */
  readonly latest: readonly EventLine[];
  /** What the receiver gave back when the group was opened there. */
  readonly receipt?: Receipt;
}

/** Receipt is what a receiver remembers of what it took, e.g. a channel and a message's id: a few short texts. */
export type Receipt = Readonly<Record<string, string>>;

/** ClosedGroup is a group of which nothing more is told. */
export interface ClosedGroup {
  readonly key: string;
  readonly finding: Finding;
  readonly count: number;
  readonly receipt?: Receipt;
}
