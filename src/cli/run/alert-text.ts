import { headLines, messageOf, renderText, rowLines, timeWords } from '../../notify/index.ts';
import type { MessageContext, Paint } from '../../notify/index.ts';
import { count, plural, span } from '../../text/amounts.ts';
import type { Alert, AlertNotification } from '../findings/casebook/alerts.ts';
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
 * first notified, and each later notification in two lines. An alert that notifies nobody is printed when it happened.
 */
export function alertEntries(alerts: readonly Alert[], options: AlertTextOptions): readonly AlertEntry[] {
  const entries = alerts.flatMap((alert): readonly AlertEntry[] => {
    const [first, ...later] = alert.notifications;
    return [
      { time: first?.time ?? alert.first, render: () => alertText(alert, options) },
      ...later.map((one) => ({ time: one.time, render: () => laterText(alert, one, options) })),
    ];
  });
  return entries.sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0));
}

function alertText(alert: Alert, { context, colors, width }: AlertTextOptions): string {
  const [first] = alert.notifications;
  const [columns, paint] = [Math.min(width, widest), paintOf(colors)];
  const message = messageOf(alert.finding, context);
  const story = renderText(message, { detail: 'compact', width: columns, paint }, first?.group);
  const rows = [
    { label: 'again', values: alert.count > 1 ? [againWords(alert)] : [] },
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

/** toWords says who is notified of an alert first, and when, where that is later than it happened; or why nobody is. */
function toWords({ notifications, notificationsTotal, programs, route, first: happened }: Alert): string {
  const each = programs.length === 0 ? [] : [`${programs.join(', ')} (each finding)`];
  const [first] = notifications;
  if (first === undefined) return each.length === 0 ? `nobody: ${route}` : each.join('');
  const late = Date.parse(first.time) > Date.parse(happened);
  const when = late ? ` at ${timeWords(first.time)}${first.afterQuietHours ? ', after quiet hours' : ''}` : '';
  const unlisted = notificationsTotal - notifications.length;
  const rest =
    unlisted > 0 ? [plural(unlisted, 'later notification is', 'later notifications are') + ' not listed'] : [];
  return [`${first.to.join(', ')}${when}`, ...each, ...rest].join('; ');
}
