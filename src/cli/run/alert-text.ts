import { headLines, messageOf, renderText, rowLines, timeWords } from '../../notify/index.ts';
import type { MessageContext, Paint } from '../../notify/index.ts';
import { count, span } from '../../text/amounts.ts';
import type { Alert, AlertNotification } from '../findings/casebook/alerts.ts';
import { bySeverity, inTime } from '../findings/casebook/order.ts';
import { colorLevel } from '../shell/terminal.ts';
import type { Colors } from '../shell/terminal.ts';

export interface AlertTextOptions {
  readonly context: MessageContext;
  readonly colors: Colors;
  readonly width: number;
}

/** AlertEntry is one time at which something of an alert is printed. */
export interface AlertEntry {
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly render: () => string;
}

const widest = 120;

/**
 * alertEntries gives what is printed of alerts, in order of time: each alert once with all that is known, when people are
 * first notified, and each later notification in two lines. An alert that notifies nobody is printed at the time of its first finding.
 * @param most how many later notifications are printed; of more than that, those of the most severe alerts.
 */
export function alertEntries(
  alerts: readonly Alert[],
  options: AlertTextOptions,
  most = Infinity,
): readonly AlertEntry[] {
  const later = alerts
    .flatMap((alert) => alert.notifications.slice(1).map((one) => ({ alert, one })))
    .sort((a, b) => bySeverity(a.alert.finding.rule.level, b.alert.finding.rule.level) || inTime(a.one, b.one));
  return [
    ...alerts.map((alert) => ({
      time: alert.notifications[0]?.time ?? alert.first,
      render: () => alertText(alert, options),
    })),
    ...later.slice(0, most).map(({ alert, one }) => ({ time: one.time, render: () => laterText(alert, one, options) })),
  ].sort(inTime);
}

function alertText(alert: Alert, { context, colors, width }: AlertTextOptions): string {
  const [first] = alert.notifications;
  const [columns, paint] = [Math.min(width, widest), paintOf(colors)];
  const message = messageOf(alert.finding, context);
  const story = renderText(message, { detail: 'compact', width: columns, paint }, first?.group);
  const rows = [
    { label: 'again', values: alert.count > 1 ? [againWords(alert)] : [] },
    {
      label: 'throttled',
      values: alert.throttled === undefined ? [] : [`${alert.throttled}, so the rest is one group`],
    },
    { label: 'to', values: [toWords(alert)] },
  ];
  return [story.trimEnd(), ...rowLines(rows, columns, paint), ''].join('\n');
}

function laterText({ finding }: Alert, one: AlertNotification, { colors, width }: AlertTextOptions): string {
  const [columns, paint] = [Math.min(width, widest), paintOf(colors)];
  const head = headLines({ level: finding.rule.level, title: one.title }, columns, paint);
  const more = one.fresh < one.count ? `, ${count(one.fresh)} more` : '';
  const waited = one.afterQuietHours ? ', after quiet hours' : '';
  const said = `${timeWords(one.time)} to ${one.to.join(', ')}${more}${waited}`;
  return [...head, ...rowLines([{ label: one.kind, values: [said] }], columns, paint), ''].join('\n');
}

function paintOf(colors: Colors): Paint {
  return {
    level: (text, level) => colorLevel(colors, level, text),
    strong: colors.bold,
    faint: colors.dim,
  };
}

function againWords({ count: times, first, last }: Alert): string {
  const apart = Date.parse(last) - Date.parse(first);
  const until =
    first.slice(0, 10) === last.slice(0, 10) ? last.slice(11, 19) : `${last.slice(0, 10)} ${last.slice(11, 19)}`;
  return `${count(times)} times in ${span(apart)}, until ${until}`;
}

/** toWords names the receivers of the first notification, and its time if it waited; or the route that notifies nobody. */
function toWords({ notifications, programs, route, first: happened }: Alert): string {
  const each = programs.length === 0 ? [] : [`${programs.join(', ')} (each finding)`];
  const [first] = notifications;
  if (first === undefined) return each.length === 0 ? `nobody: ${route}` : each.join('');
  const late = Date.parse(first.time) > Date.parse(happened);
  const when = late ? ` at ${timeWords(first.time)}${first.afterQuietHours ? ', after quiet hours' : ''}` : '';
  return [`${first.to.join(', ')}${when}`, ...each].join('; ');
}
