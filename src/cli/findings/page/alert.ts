import {
  messageOf,
  accountWords,
  causeWords,
  outcomeWords,
  timeWords,
  whatWords,
  whoWords,
} from '../../../notify/index.ts';
import type { EventLine, Message, MessageContext } from '../../../notify/index.ts';
import { safeHref } from '../../../text/html.ts';
import { clip } from '../../../text/escape.ts';
import type { Alert, Occurrence } from '../casebook/alerts.ts';
import { notificationsTable, recipientsOf, recipientWords } from './notifications.ts';
import { count, span } from '../../../text/amounts.ts';
import { html } from '../../../text/markup.ts';
import type { Markup } from '../../../text/markup.ts';
import { durationWords } from '../../../time/duration.ts';

const longest = 600;

/** renderAlert writes one alert: a summary line, and all that is known inside it. */
export function renderAlert(alert: Alert, context: MessageContext): Markup {
  const message = messageOf(alert.finding, context);
  const { level, time } = message;
  return html`<details
    class="alert ${level}"
    id="f-${message.findingId}"
    data-level="${level}"
    data-day="${time.slice(0, 10)}"
  >
    <summary>
      <time datetime="${time}">${time.slice(11, 19)}</time>
      <span><span class="chip ${level}">${level}</span></span>
      <span class="title">${message.rule.title}</span>
      <span class="who">${lineOf(message)}</span>
      <span class="times">${timesOf(alert)}</span>
      <span class="to">to ${clip(recipientWords(alert), 120)}</span>
    </summary>
    <div class="body">
      ${message.rule.description === undefined ? undefined : html`<p class="about">${message.rule.description}</p>`}
      <dl class="facts">${factsOf(message, alert)}</dl>
      ${whyOf(message)} ${correlationOf(message)} ${occurrencesOf(alert)} ${notificationsTable(alert)}
      ${adviceOf(message)} ${queriesOf(message)} ${rawOf(message)}
    </div>
  </details>`;
}

function lineOf({ who, mainTarget, account, from, outcome }: Message): string {
  const parts = [
    clip(who.name, 120) + (mainTarget === undefined ? '' : ` → ${clip(mainTarget.id, 160)}`),
    ...(from.address === undefined ? [] : [`from ${clip(from.address, 80)}`]),
    ...(account === undefined ? [] : [`in ${account.name ?? account.id}`]),
    ...(outcome.kind === 'failure' ? [clip(outcomeWords(outcome), 100)] : []),
  ];
  return parts.join(' · ');
}

function timesOf({ count: times, first, last }: Alert): string {
  if (times === 1) return '';
  const apart = Date.parse(last) - Date.parse(first);
  return `${count(times)} times${apart > 0 ? ` in ${span(apart)}` : ''}`;
}

function factsOf(message: Message, alert: Alert): readonly Markup[] {
  const { count: times, first, last } = alert;
  const { account, cause, event, from, region, targets, techniques, time, who } = message;
  const where = [...(account ? [accountWords(account)] : []), ...(region === undefined ? [] : [region])];
  return [
    fact('When', times === 1 ? timeWords(time) : `${timeWords(first)}, ${count(times)} times until ${timeWords(last)}`),
    fact('Who', whoWords(message), who.arn === who.name ? undefined : who.arn),
    fact('Through', who.chain.length > 0 ? who.chain.join(' ← ') : undefined),
    fact('By call', cause === undefined ? undefined : causeWords(cause)),
    fact('What', whatWords(message)),
    ...targets.slice(0, 20).map(({ kind, id }, index) => fact(index === 0 ? 'Target' : '', `${kind} ${id}`)),
    ...(targets.length > 20 ? [fact('', `… and ${targets.length - 20} more`)] : []),
    fact('Where', where.length > 0 ? where.join(', ') : undefined),
    fact('From', from.address, from.userAgent),
    recipientsOf(alert),
    techniques.length === 0
      ? html``
      : html`<dt>ATT&amp;CK</dt>
          <dd>${techniques.map(({ id, url }) => html`${link(url, id)} `)}</dd>`,
    fact('Event', event.id, `${event.path} #${event.index}`),
    message.consoleLink === undefined
      ? html``
      : html`<dt>Console</dt>
          <dd>
            ${link(message.consoleLink, 'Open in CloudTrail’s event history')} <small>(kept for 90 days)</small>
          </dd>`,
    ...message.omitted.map((part) => fact('Left out', part)),
  ];
}

function fact(label: string, value: string | undefined, more?: string): Markup {
  if (value === undefined) return html``;
  return html`<dt>${label}</dt>
    <dd>${clip(value, longest)}${more === undefined ? undefined : html` <small>${clip(more, longest)}</small>`}</dd>`;
}

function whyOf({ why }: Message): Markup {
  if (why.length === 0) return html``;
  return html`<h3>Why it matched</h3>
    <table class="why">
      ${why.map(
        ({ field, value, wanted }) =>
          html`<tr>
            <td><code>${clip(field, 200)}</code></td>
            <td>
              <mark class="mono">${value === '' ? '(empty)' : clip(value, longest)}</mark>
              <small>${clip(wanted, longest)}</small>
            </td>
          </tr>`,
      )}
    </table>`;
}

function correlationOf({ correlation }: Message): Markup {
  if (correlation === undefined) return html``;
  const half = correlation.events.length / 2;
  return html`<h3>${correlation.count} events in ${durationWords(correlation.spanMs)}</h3>
    <table>
      ${correlation.events.map((line, index) =>
        index === half && correlation.unlisted > 0
          ? html`<tr>
                <td colspan="5"><small>… ${count(correlation.unlisted)} more …</small></td>
              </tr>
              ${eventRow(line)}`
          : eventRow(line),
      )}
    </table>`;
}

function eventRow({ time, who, what, target, from, outcome }: EventLine): Markup {
  const ended = outcome.kind === 'success' ? 'ok' : outcome.code;
  return row([time.slice(11, 19), who, what + (target === undefined ? '' : ` → ${target}`), from ?? '', ended]);
}

function occurrencesOf({ count: times, occurrences }: Alert): Markup {
  if (times === 1) return html``;
  const rest = times - occurrences.length;
  return html`<h3>All ${count(times)} times</h3>
    <table>
      ${occurrences.map(occurrenceRow)}
    </table>
    ${rest > 0 ? html`<p class="more">… and ${count(rest)} later ones. <code>trailwatch scan --format ndjson</code> lists each.</p>` : undefined}`;
}

function occurrenceRow({ time, action, target, from, outcome, path, index }: Occurrence): Markup {
  const what = action + (target === undefined ? '' : ` → ${target}`);
  return row([time.replace('T', ' ').slice(0, 19), what, from ?? '', outcome, `${path} #${index}`]);
}

// Times, addresses and outcomes are short and stay on one line; what was done and where it is logged may wrap.
function row(cells: readonly string[]): Markup {
  const written = cells.map((cell) => {
    const text = clip(cell, 240);
    return text.length <= 22 ? html`<td class="c">${text}</td>` : html`<td>${text}</td>`;
  });
  return html`<tr>
    ${written}
  </tr>`;
}

function adviceOf({ falsePositives, references, runbook }: Message): Markup {
  return html`${
    runbook === undefined
      ? undefined
      : html`<h3>What to do</h3>
          <p class="todo">${linked(runbook)}</p>`
  }
  ${
    falsePositives.length === 0
      ? undefined
      : html`<h3>Harmless when</h3>
          <ul class="plain">
            ${falsePositives.map((text) => html`<li>${text}</li>`)}
          </ul>`
  }
  ${
    references.length === 0
      ? undefined
      : html`<h3>Read more</h3>
          <ul class="plain">
            ${references.map((text) => html`<li>${linked(text)}</li>`)}
          </ul>`
  }`;
}

function queriesOf({ followUps }: Message): Markup {
  if (followUps.length === 0) return html``;
  return html`<h3>Look at next</h3>
    ${followUps.map(
      ({ engine, question, sql }) =>
        html`<div class="query">
          <p>${engine}: ${question}</p>
          <pre tabindex="0">${sql}</pre>
        </div>`,
    )}`;
}

function rawOf({ event, raw }: Message): Markup {
  // No record is empty: of many findings, not every one is held whole.
  if (raw.text === '{}') {
    return html`<p class="more">
      The event as it was logged is left out, since there are many findings: ${clip(event.path, longest)}
      #${event.index}
    </p>`;
  }
  return html`<details class="raw">
    <summary>The event as it was logged</summary>
    <pre tabindex="0">${raw.text}</pre>
    ${raw.cutChars > 0 ? html`<p class="more">Cut here: ${count(raw.cutChars)} more characters are in the log.</p>` : undefined}
  </details>`;
}

function linked(text: string): Markup {
  return safeHref(text) === undefined ? html`${text}` : link(text, text);
}

function link(address: string, text: string): Markup {
  return html`<a href="${address}" target="_blank" rel="noreferrer noopener">${text}</a>`;
}
