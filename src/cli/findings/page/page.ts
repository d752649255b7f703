import { createHash } from 'node:crypto';
import { levels } from '../../../model/level.ts';
import type { RecordFailure } from '../../../model/log-record.ts';
import type { MessageContext } from '../../../notify/index.ts';
import { clip } from '../../../text/escape.ts';
import type { Alert } from '../casebook/alerts.ts';
import type { Case } from '../casebook/casebook.ts';
import { count, duration, plural } from '../../../text/amounts.ts';
import { renderAlert } from './alert.ts';
import { renderChart } from './chart.ts';
import { html, trusted } from '../../../text/markup.ts';
import type { Markup } from '../../../text/markup.ts';
import { script } from './script.ts';
import { style } from '../../../text/page-style.ts';
import { heldBackTable } from './held-back.ts';
import { actorsTable, rulesTable } from './tables.ts';

/** FindingsPage is all that the page shows. */
export interface FindingsPage {
  readonly version: string;
  /** ISO 8601, UTC. */
  readonly generatedAt: string;
  /** The paths as they were given. */
  readonly inputs: readonly string[];
  /** The asked-for range, as text for a person; absent when all of the input was asked for. */
  readonly range?: string;
  readonly rules: number;
  readonly records: {
    readonly all: number;
    readonly matched: number;
    readonly unmatched: number;
    readonly failed: number;
  };
  /** What was read, in words. */
  readonly files: string;
  readonly failures: readonly RecordFailure[];
  readonly elapsedMs: number;
  /** Whether reading was stopped before the end. */
  readonly partial: boolean;
  readonly found: Case;
  readonly context: MessageContext;
}

const listedFailures = 200;

/**
 * renderPage writes the findings as one HTML page that needs nothing but itself: no network, no script to be read. Its
 * content security policy lets only its own style and script run.
 */
export function renderPage(page: FindingsPage): string {
  const { found } = page;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy()}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="referrer" content="no-referrer" />
        <title>Trailwatch: ${headline(page)}</title>
        ${trusted(`<style>${style}</style>`)}
      </head>
      <body>
        <header class="top">
          <div class="brand">${mark} <b>Trailwatch</b> findings</div>
          <h1>${headline(page)}</h1>
          <p class="lead">
            ${periodOf(page)}${page.range === undefined ? '' : `, asked for ${page.range}`} in ${sources(page)}
          </p>
        </header>
        <main>
          ${page.partial ? html`<p class="card"><b>Stopped before the end.</b> This page covers what had been read by then.</p>` : undefined}
          ${totals(page)} ${overview(found, page.context)}
          ${found.findings === 0 ? undefined : html`<div class="two">${rulesTable(found)} ${actorsTable(found, page.context)}</div>`}
          ${story(page)} ${heldBackTable(found.heldBack)} ${failures(page)}
        </main>
        <footer>
          Written by Trailwatch ${page.version} on ${page.generatedAt.replace('T', ' ').slice(0, 16)} UTC, with
          ${plural(page.rules, 'rule')}, in ${duration(page.elapsedMs)}. All times are UTC. Everything on this page
          comes from the logs read; it asks the network for nothing.
        </footer>
        ${trusted(`<script>${script}</script>`)}
      </body>
    </html> `.markup;
}

// The hashes are of what stands between the tags, to the byte: nothing may reformat it.
function policy(): string {
  const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  return `default-src 'none'; style-src ${hash(style)}; script-src ${hash(script)}; base-uri 'none'; form-action 'none'`;
}

const mark = trusted(
  '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M3 17c4 0 4-10 9-10s5 6 9 6" fill="none" stroke="currentColor" stroke-width="2.4" stroke-linecap="round"/><circle class="fill-high" cx="12" cy="7" r="3.4"/></svg>',
);

function headline({ found: { alertsTotal, byLevel, heldBack } }: FindingsPage): string {
  if (alertsTotal === 0) return heldBack.length > 0 ? 'No alerts' : 'Nothing found';
  const worst = levels.findLast((level) => byLevel[level] > 0) ?? 'informational';
  return `${plural(alertsTotal, 'alert')}, ${plural(byLevel[worst], `${worst} finding`)}`;
}

function periodOf({ found: { findings, first, last, heldBack } }: FindingsPage): string {
  if (findings === 0) return heldBack.length > 0 ? 'Every finding is held back' : 'No rule matched a record';
  const from = minuteOf(first);
  const to = minuteOf(last);
  return from.slice(0, 10) === to.slice(0, 10)
    ? `${from.slice(0, 10)}, ${from.slice(11)} to ${to.slice(11)} UTC`
    : `${from} to ${to} UTC`;
}

function minuteOf(iso: string): string {
  return iso.replace('T', ' ').slice(0, 16);
}

function sources({ inputs }: FindingsPage): readonly Markup[] {
  const named = inputs
    .slice(0, 4)
    .map(
      (path, index) =>
        html`${index === 0 ? '' : ', '}<code>${path === '-' ? 'standard input' : clip(path, 120)}</code>`,
    );
  return inputs.length > 4 ? [...named, html` and ${inputs.length - 4} more`] : named;
}

function totals({ records, files, found }: FindingsPage): Markup {
  return html`<dl class="card totals">
    ${total('Records', records.all, `files: ${files}`)}
    ${total('Matched', records.matched, share(records.matched, records.all))}
    ${total('Unmatched', records.unmatched, share(records.unmatched, records.all))}
    ${total('Failed', records.failed, records.failed > 0 ? 'could not be read' : 'all could be read', records.failed > 0)}
    ${total('Findings', found.findings, 'a rule matched an event')}
    ${total('Alerts', found.alertsTotal, alertsNote(found))}
  </dl>`;
}

function alertsNote({ alertsToNobody, notifications }: Case): string {
  const nobody = alertsToNobody === 0 ? '' : `; ${count(alertsToNobody)} notify nobody`;
  return `${plural(notifications, 'notification')}${nobody}`;
}

function total(label: string, value: number, note: string, bad = false): Markup {
  return html`<div class="${bad ? 'bad' : ''}">
    <dt>${label}</dt>
    <dd>${count(value)}<small>${note}</small></dd>
  </div>`;
}

function share(part: number, all: number): string {
  if (all === 0) return '';
  const percent = (part / all) * 100;
  return percent > 0 && percent < 0.1 ? 'under 0.1 %' : `${percent.toFixed(1)} %`;
}

function overview(found: Case, context: MessageContext): Markup {
  if (found.findings === 0) return html``;
  const present = levels.toReversed().filter((level) => found.byLevel[level] > 0);
  let x = 0;
  const pieces = present.map((level) => {
    const width = (found.byLevel[level] / found.findings) * 1000;
    const piece = html`<rect
      class="fill-${level}"
      x="${x.toFixed(1)}"
      y="0"
      width="${Math.max(width - 2, 1).toFixed(1)}"
      height="10"
    />`;
    x += width;
    return piece;
  });
  return html`<section class="card">
    <h2>When it happened <small>findings by level, and who was behind them</small></h2>
    <svg class="split" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true">${pieces}</svg>
    <ul class="legend">
      ${present.map((level) => html`<li><span class="dot ${level}"></span>${level} <b>${count(found.byLevel[level])}</b></li>`)}
    </ul>
    <div class="scroll">${renderChart(found, context)}</div>
  </section>`;
}

function story({ found, context }: FindingsPage): Markup {
  if (found.alerts.length === 0) return html``;
  const byDay = Map.groupBy(found.alerts, ({ finding }) => finding.time.slice(0, 10));
  const present = levels
    .toReversed()
    .filter((level) => found.alerts.some(({ finding }) => finding.rule.level === level));
  const left = found.alertsTotal - found.alerts.length;
  return html`<section>
    <h2>The story, in order <small>open an alert for why it matched and what to look at next</small></h2>
    ${
      left > 0
        ? html`<p class="card">
            This page shows the ${count(found.alerts.length)} most severe alerts in full. ${plural(left, 'more alert')}
            with ${plural(found.findingsUnlisted, 'finding')} are in the totals and charts only;
            <code>trailwatch scan --format ndjson</code> lists every finding.
          </p>`
        : undefined
    }
    <div class="tools" hidden>
      <input type="search" placeholder="Filter: a name, an address, an action …" aria-label="Filter alerts by text" />
      ${present.map(
        (level) =>
          html`<label
            ><input type="checkbox" value="${level}" checked /><span class="chip ${level}">${level}</span></label
          >`,
      )}
      <button type="button" data-do="open">Open all</button><button type="button" data-do="close">Close all</button>
      <span class="shown" role="status"></span>
    </div>
    ${[...byDay].map(([day, alerts]) => renderDay(day, alerts, context))}
  </section>`;
}

function renderDay(day: string, alerts: readonly Alert[], context: MessageContext): Markup {
  return html`<h3 class="day" data-day="${day}">${dayWords(day)}</h3>
    ${alerts.map((alert) => renderAlert(alert, context))}`;
}

function dayWords(day: string): string {
  const at = new Date(`${day}T00:00:00Z`);
  if (Number.isNaN(at.getTime())) return day;
  return at.toLocaleDateString('en-GB', {
    timeZone: 'UTC',
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
  });
}

function failures({ failures: all, records }: FindingsPage): Markup {
  if (records.failed === 0) return html``;
  const listed = all.slice(0, listedFailures);
  const rest = records.failed - listed.length;
  return html`<section class="card failed">
    <h2>
      What could not be read
      <small>${plural(records.failed, 'record or file', 'records or files')}; the rest went on</small>
    </h2>
    <table>
      <tr>
        <th>Where</th>
        <th>Reason</th>
      </tr>
      ${listed.map(
        ({ origin, reason }) =>
          html`<tr>
            <td><code>${clip(origin.path, 300)}</code> #${origin.index}</td>
            <td>${clip(reason, 500)}</td>
          </tr>`,
      )}
    </table>
    ${rest > 0 ? html`<p class="more">… and ${count(rest)} more</p>` : undefined}
  </section>`;
}
