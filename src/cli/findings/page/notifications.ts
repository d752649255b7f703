import { count, plural } from '../../../text/amounts.ts';
import { clip } from '../../../text/escape.ts';
import { html, type Markup } from '../../../text/markup.ts';
import type { Alert, AlertNotification } from '../casebook/alerts.ts';

/** recipientWords names the receivers that are notified of an alert: `slack-security, sns; lake (each finding)`, or `nobody`. */
export function recipientWords({ notifications, programs }: Alert): string {
  const people = [...new Set(notifications.flatMap(({ to }) => to))];
  const words = [
    ...(people.length > 0 ? [people.join(', ')] : []),
    ...(programs.length > 0 ? [`${programs.join(', ')} (each finding)`] : []),
  ];
  return words.join('; ') || 'nobody';
}

/** recipientsOf is the row with an alert's receivers and the route that decided. */
export function recipientsOf(alert: Alert): Markup {
  return html`<dt>Notifies</dt>
    <dd>${clip(recipientWords(alert), 300)} <small>${clip(alert.route, 300)}</small></dd>
    ${
      alert.throttled === undefined
        ? undefined
        : html`<dt>Throttled</dt>
            <dd>${clip(alert.throttled, 200)}, so the rest is one group</dd>`
    }`;
}

/** notificationsTable lists when people are notified of an alert; nothing where they are notified once, as it happens. */
export function notificationsTable({ first, notifications, notificationsTotal }: Alert): Markup {
  const [opening] = notifications;
  if (opening === undefined) return html``;
  if (notificationsTotal === 1 && Date.parse(opening.time) <= Date.parse(first)) return html``;
  const rest = notificationsTotal - notifications.length;
  return html`<h3>
      ${notificationsTotal === 1 ? 'When people are notified' : `Notified ${count(notificationsTotal)} times`}
    </h3>
    <table>
      ${notifications.map(notificationRow)}
    </table>
    ${rest > 0 ? html`<p class="more">… and ${count(rest)} later ones</p>` : undefined}`;
}

function notificationRow({ time, kind, to, count: findings, fresh, afterQuietHours }: AlertNotification): Markup {
  const says = kind === 'update' ? `${count(fresh)} more, ${count(findings)} in all` : plural(findings, 'finding');
  return html`<tr>
    <td class="c">${time.replace('T', ' ').slice(0, 19)}</td>
    <td class="c">${kind}</td>
    <td>${clip(to.join(', '), 200)}${afterQuietHours ? html` <small>after quiet hours</small>` : undefined}</td>
    <td class="n">${says}</td>
  </tr>`;
}
