import type { Finding } from '../../model/finding.ts';
import type { MemberRoll } from './state/member-roll.ts';
import type { FindingGroup, GroupState } from './state/group-store.ts';
import { messageOf, type MessageContext } from '../message/message.ts';
import type { NotificationGroup, Notification } from '../message/notification.ts';
import type { Receiver } from '../receivers/receiver.ts';
import { hashOf } from '../../text/hash.ts';
import { dedupeKeyOf, wholeAlertOf } from './dedupe-key.ts';

export interface GroupNotificationFacts {
  readonly group: FindingGroup;
  readonly state: GroupState;
  readonly roll: MemberRoll;
  readonly notification: NotificationGroup['kind'];
  /** The state of the alert that this group adds to. */
  readonly parent?: GroupState | undefined;
  readonly receiver: Pick<Receiver, 'grouping'>;
  readonly context?: MessageContext | undefined;
}

/** groupNotification makes the notification of a group for its receiver. */
export function groupNotification(facts: GroupNotificationFacts): Notification {
  const { group, notification, roll, context } = facts;
  const finding = shownFinding(facts);
  const { key, count } = groupOf(facts);
  const id = notification === 'first' ? dedupeKeyOf(finding) : hashOf([key, count, group.key]);
  const standsForItself = facts.receiver.grouping === 'each' && facts.parent?.receipt === undefined;
  return {
    id,
    finding,
    message: messageOf(finding, context),
    ...(!standsForItself && roll.count > 0 && { group: groupOf(facts) }),
  };
}

/** An addition to an alert that never arrived becomes the alert; several additions are shown as lines. */
function shownFinding({ group: { finding }, roll, parent }: GroupNotificationFacts): Finding {
  const alone = parent === undefined || (parent.notified > 0 && roll.count < 2);
  return alone ? finding : wholeAlertOf(finding);
}

function groupOf({ group, state, roll, notification, parent }: GroupNotificationFacts): NotificationGroup {
  // An addition is an update of its alert: in the alert's thread, and under its key.
  const added = group.parent !== undefined && parent !== undefined && parent.notified > 0;
  const receipt = added ? parent.receipt : state.receipt;
  return {
    key: added ? (group.parent ?? group.key) : group.key,
    kind: added ? 'update' : notification,
    groupReason: group.groupReason,
    ...(added && roll.count > 1 && { additions: true }),
    mixed: roll.mixed,
    count: added && roll.count < 2 ? parent.notified : roll.count,
    since: roll.since,
    until: roll.until,
    latest: roll.latest,
    ...(receipt && { receipt }),
  };
}
