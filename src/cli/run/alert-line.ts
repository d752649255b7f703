import type { Alert } from '../findings/casebook/alerts.ts';
import type { HeldBack } from '../findings/casebook/held-back.ts';
import { findingLine } from '../findings/ndjson.ts';

/** alertLine is an alert as data: its first finding, and when a stage would have notified whom. */
export function alertLine(alert: Alert) {
  const { finding, count, first, last, route, throttled, notifications, notificationsTotal, programs } = alert;
  return {
    ...findingLine(finding),
    alert: {
      count,
      first,
      last,
      to: [...new Set([...notifications.flatMap(({ to }) => to), ...programs])],
      route,
      ...(throttled !== undefined && { throttled }),
      notifications: notifications.map(({ time, kind, to, count: findings, fresh, afterQuietHours }) => ({
        time,
        kind,
        to,
        findings,
        fresh,
        ...(afterQuietHours && { afterQuietHours }),
      })),
      notificationsTotal,
      ...(programs.length > 0 && { eachFindingTo: programs }),
    },
  };
}

/** heldBackLine is findings that are held back, as data. */
export function heldBackLine(heldBack: HeldBack) {
  return { heldBack };
}
