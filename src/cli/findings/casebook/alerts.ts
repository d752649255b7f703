import type { Finding } from '../../../model/finding.ts';
import { headlineOf } from '../../../notify/index.ts';
import type { NotificationGroup, SimulatedFact } from '../../../notify/index.ts';
import { bySeverity, inTime } from './order.ts';
import { createShortlist } from './shortlist.ts';

/** Occurrence is one finding of an alert, in a line. */
export interface Occurrence {
  readonly findingId: string;
  readonly time: string;
  readonly action: string;
  readonly target?: string;
  readonly from?: string;
  /** `ok`, or the error code. */
  readonly outcome: string;
  readonly path: string;
  readonly index: number;
}

/** AlertNotification is one time at which people are notified of an alert. */
export interface AlertNotification {
  /** ISO 8601, UTC. */
  readonly time: string;
  /**
   * `first` opens a group at its receivers, `update` adds to one; `repeat` opens the next group, since the repeat interval
   * of the one before is over.
   */
  readonly kind: 'first' | 'update' | 'repeat';
  readonly to: readonly string[];
  readonly title: string;
  /** How many findings the group has by then, and how many of them are new to its receivers. */
  readonly count: number;
  readonly fresh: number;
  readonly afterQuietHours: boolean;
  /** What the notification says of several findings; absent where it is about one. */
  readonly group?: NotificationGroup;
}

/** Alert is the findings that delivery puts together, shown by the first of them. The groups that follow with the same in common belong to it. */
export interface Alert {
  readonly finding: Finding;
  readonly count: number;
  /** ISO 8601, UTC: when the first and the last of its findings happened. */
  readonly first: string;
  readonly last: string;
  /** The earliest of its findings, in order of time. */
  readonly occurrences: readonly Occurrence[];
  /** The route that decided, and why, in words. */
  readonly route: string;
  /** Why its findings are one group although they differ, where the throttle of their route put them together. */
  readonly throttled?: string;
  /** The earliest times at which people are notified, in order; none when the route has no receivers. */
  readonly notifications: readonly AlertNotification[];
  /** All of them, also those that are not among `notifications`. */
  readonly notificationsTotal: number;
  /** Programs that get each finding by itself. */
  readonly programs: readonly string[];
}

export interface Alerts {
  /** The most severe, in the order of their first finding. */
  readonly alerts: readonly Alert[];
  readonly alertsTotal: number;
  /** How many of all alerts notify nobody: their route has no receivers. */
  readonly alertsToNobody: number;
  /** How many findings belong to the alerts that are not among `alerts`. */
  readonly findingsUnlisted: number;
  /** How many findings a throttle put together. */
  readonly findingsThrottled: number;
  /** How often people are notified; what several receivers get at once counts once. */
  readonly notifications: number;
}

export interface AlertLimits {
  readonly alerts: number;
  readonly occurrences: number;
  readonly notifications: number;
}

type Decided = Extract<SimulatedFact, { kind: 'decided' }>;
type Notified = Extract<SimulatedFact, { kind: 'notified' }>;

interface OpenNotification extends AlertNotification {
  readonly to: string[];
}

interface OpenAlert extends Pick<Alert, 'finding' | 'route' | 'throttled'> {
  readonly key: string;
  count: number;
  last: string;
  notificationsTotal: number;
  readonly occurrences: Occurrence[];
  readonly notifications: OpenNotification[];
  /** In the order of the route. */
  readonly receivers: Set<string>;
  readonly notified: Set<string>;
  readonly programs: Set<string>;
}

/**
 * createAlertBook puts together what delivery decided: a finding belongs to the alert of the group that took it, and a group
 * to the alert of the finding that opened it; groups that follow each other, of findings with the same in common, are one
 * alert. It takes facts in order of time. It holds the most severe alerts in full; of everything else, counts, and a key for
 * each alert and each group.
 */
export function createAlertBook(limits: AlertLimits, isProgram: (receiver: string) => boolean) {
  // An alert that fell off the shortlist leaves its key behind, so that it isn't opened again.
  const alerts = new Map<string, OpenAlert | undefined>();
  const groups = new Map<string, string>();
  const shortlist = createShortlist<OpenAlert>(limits.alerts, moreImportantFirst);
  const toSomebody = new Set<string>();
  let [findings, findingsThrottled, notifications] = [0, 0, 0];
  // Receivers that are notified alike at one moment are notified once, for the reader of this book.
  let moment = { at: NaN, seen: new Map<string, OpenNotification | undefined>() };

  const open = (key: string, finding: Finding, route: string, throttled: string | undefined): void => {
    const alert: OpenAlert = {
      key,
      finding,
      route,
      ...(throttled !== undefined && { throttled }),
      count: 0,
      last: finding.time,
      notificationsTotal: 0,
      occurrences: [],
      notifications: [],
      receivers: new Set(),
      notified: new Set(),
      programs: new Set(),
    };
    alerts.set(key, alert);
    for (const dropped of shortlist.add(alert)) alerts.set(dropped.key, undefined);
  };
  const join = (alert: OpenAlert, finding: Finding): void => {
    alert.count += 1;
    if (finding.time > alert.last) alert.last = finding.time;
    if (alert.occurrences.length < limits.occurrences) alert.occurrences.push(occurrenceOf(finding));
  };

  return {
    /** decided takes a finding that nothing holds back. */
    decided({ finding, outcomes, placementAt }: Decided): void {
      const accepted = outcomes.filter((outcome) => outcome.kind === 'accepted');
      const byPeople = accepted.filter(({ receiver }) => !isProgram(receiver));
      const [main] = byPeople;
      const key = main === undefined ? finding.fingerprint : (groups.get(main.group) ?? placementAt(main));
      const isNew = !alerts.has(key);
      const throttled = main?.throttled === true ? main.why['group'] : undefined;
      if (isNew) open(key, finding, outcomes[0]?.why['route'] ?? '', throttled);
      const alert = alerts.get(key);
      for (const { receiver } of accepted) (isProgram(receiver) ? alert?.programs : alert?.receivers)?.add(receiver);
      for (const { group } of byPeople) if (!groups.has(group)) groups.set(group, key);
      if (accepted.length > 0) toSomebody.add(key);
      // A completion adds to an alert; it doesn't count as a finding.
      if (finding.completes !== undefined && !isNew) return;
      findings += 1;
      if (throttled !== undefined) findingsThrottled += 1;
      if (alert !== undefined) join(alert, finding);
    },

    /** notified takes a notification of people; false when it is of no alert that was decided here. */
    notified({ at, receiver, group: groupKey, notification, fresh, afterQuietHours }: Notified): boolean {
      const key = groups.get(groupKey);
      if (key === undefined) return false;
      const { finding, group } = notification;
      const alert = alerts.get(key);
      const again = group?.kind !== 'update' && alert?.notified.has(receiver) === true;
      const kind = again ? 'repeat' : (group?.kind ?? 'first');
      const count = group?.count ?? 1;
      alert?.notified.add(receiver);

      if (moment.at !== at.getTime()) moment = { at: at.getTime(), seen: new Map() };
      const same = `${key} ${finding.id} ${kind} ${count}`;
      if (moment.seen.has(same)) {
        moment.seen.get(same)?.to.push(receiver);
        return true;
      }
      notifications += 1;
      const listed = alert !== undefined && alert.notifications.length < limits.notifications;
      const made: OpenNotification | undefined = listed
        ? {
            time: at.toISOString(),
            kind,
            to: [receiver],
            title: headlineOf(notification).title,
            count,
            fresh,
            afterQuietHours,
            ...(alert.notifications.length === 0 && group !== undefined && count > 1 && { group }),
          }
        : undefined;
      moment.seen.set(same, made);
      if (alert !== undefined) alert.notificationsTotal += 1;
      if (made !== undefined) alert?.notifications.push(made);
      return true;
    },

    read(): Alerts {
      const kept = shortlist.kept().map(alertOf);
      return {
        alerts: kept.sort((a, b) => inTime(a.finding, b.finding)),
        alertsTotal: alerts.size,
        alertsToNobody: alerts.size - toSomebody.size,
        findingsUnlisted: findings - kept.reduce((sum, { count }) => sum + count, 0),
        findingsThrottled,
        notifications,
      };
    },
  };
}

function alertOf({ key: _key, programs, receivers, notified: _notified, ...alert }: OpenAlert): Alert {
  const order = [...receivers];
  return {
    ...alert,
    first: alert.finding.time,
    notifications: alert.notifications.map((one) => ({
      ...one,
      to: one.to.toSorted((a, b) => order.indexOf(a) - order.indexOf(b)),
    })),
    programs: [...programs],
  };
}

function occurrenceOf({ id, time, event }: Finding): Occurrence {
  const [target] = event.targets;
  return {
    findingId: id,
    time,
    action: event.action,
    ...(target && { target: target.id }),
    ...(event.sourceAddress !== undefined && { from: event.sourceAddress }),
    outcome: event.outcome.kind === 'success' ? 'ok' : event.outcome.code,
    path: event.origin.path,
    index: event.origin.index,
  };
}

function moreImportantFirst(a: OpenAlert, b: OpenAlert): number {
  return bySeverity(a.finding.rule.level, b.finding.rule.level) || inTime(a.finding, b.finding);
}
