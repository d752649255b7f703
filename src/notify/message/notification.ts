import type { Finding } from '../../model/finding.ts';
import type { EventLine, Message } from './message.ts';

/** Notification is what a receiver is asked to send: a finding, and the message a person reads about it. */
export interface Notification {
  /** Every attempt to send one notification to one receiver has the same id. */
  readonly id: string;
  /** The finding that opened the group. */
  readonly finding: Finding;
  readonly message: Message;
  /** The group that the notification is about; absent where the finding stands by itself. */
  readonly group?: NotificationGroup;
}

/** NotificationGroup is a group of findings at one receiver, as a notification shows it. */
export interface NotificationGroup {
  /** 32 hex digits, the same in every notification of the group: receivers deduplicate by it. */
  readonly key: string;
  /** `first` opens the group at the receiver, `update` adds to it. */
  readonly kind: 'first' | 'update';
  /** Why these findings are one group, for a person: `rule and account`, `more than 10 alerts of this rule`. */
  readonly groupReason: string;
  /** Set when all of them add to an earlier alert, which has a count of its own. */
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

/** Receipt is what a receiver returns for a notification, such as a channel and a message's id: a few short texts. */
export type Receipt = Readonly<Record<string, string>>;

/** ClosedGroup is a group that gets no more notifications. */
export interface ClosedGroup {
  readonly key: string;
  readonly finding: Finding;
  readonly count: number;
  readonly receipt?: Receipt;
}
