import { createHash } from 'node:crypto';
import type { Column, Control, Report } from '../definition/report.ts';
import type { Row, Rows } from '../run/rows.ts';
import type { ReportRun } from '../run/run-report.ts';
import { html, trusted } from '../../text/markup.ts';
import type { Markup } from '../../text/markup.ts';
import { style } from '../../text/page-style.ts';
import { bytes, count, duration, plural } from '../../text/amounts.ts';
import { evidenceScript } from './script.ts';
import { periodText } from '../run/answer-context.ts';
import type { AnswerContext } from '../run/answer-context.ts';

const ownStyle = `${style}
.answer th { vertical-align: bottom; } .answer th button { border: 0; background: none; padding: 0; color: inherit; text-align: inherit; font-weight: 600; }
.answer th[aria-sort=ascending] button::after { content: " ↑"; } .answer th[aria-sort=descending] button::after { content: " ↓"; }
.answer td { font-size: 13px; max-width: 44ch; overflow-wrap: break-word; } .answer td.k { white-space: nowrap; } .answer th.n { padding: 0 8px 6px 12px; } .answer td.n { padding-right: 8px; } .answer tr[hidden] { display: none; }
.answer thead { display: table-header-group; break-inside: avoid; } .answer tr { break-inside: avoid; }
.bars { display: grid; grid-template-columns: minmax(120px, 34ch) 1fr auto; gap: 4px 12px; font-size: 13.5px; align-items: center; }
.bars span { overflow-wrap: anywhere; } .bars b { font-variant-numeric: tabular-nums; font-weight: 500; text-align: right; }
.bars svg { width: 100%; height: 12px; display: block; } .bars rect { fill: var(--accent); }
main.wide, header.top, footer { max-width: 1500px; } .answer { min-width: 720px; }
@media print { main.wide { max-width: none; } .answer { min-width: 0; font-size: 8.5pt; } .answer td { font-size: 8pt; max-width: none; } .answer td.k { white-space: normal; } .answer td.t { white-space: nowrap; } .card:has(.answer) { break-inside: auto; } .answer th button { display: inline !important; } .answer tr[hidden] { display: table-row; } @page { size: A4 landscape; margin: 12mm; } }
`;

const shownBars = 15;

// A browser takes about so much of a table; all rows are in the CSV and the JSON beside it, and in the hash.
const shownRows = 10_000;
const shownCharacters = 8 * 1024 ** 2;
const mostLabels = 100_000;

/**
 * evidencePage writes one run as one HTML page that needs nothing but itself: what was asked, of what, by which query, when, what
 * came back, and the hash that proves it.
 */
export async function evidencePage(run: ReportRun<Rows>, context: AnswerContext): Promise<string> {
  const { report } = run;
  const { shown, sums } = await lookThrough(run);
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy()}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="referrer" content="no-referrer" />
        <title>${report.title}, ${periodText(run.period)}</title>
        ${trusted(`<style>${ownStyle}</style>`)}
      </head>
      <body>
        <header class="top">
          <div class="brand"><b>Trailwatch</b> evidence</div>
          <h1>${report.title}</h1>
          <p class="lead">${report.question}</p>
        </header>
        <main class="wide">
          ${facts(run, context)} ${chartOf(report, sums)} ${answer(run, shown)} ${meanings(report.columns)}
          ${query(run)}
        </main>
        <footer>
          Written by Trailwatch ${context.version}. Times are UTC. The hash is SHA-256 over the column names and the
          rows as JSON, one per line. The same report over the same period of the same archive has the same hash.
        </footer>
        ${trusted(`<script>${evidenceScript}</script>`)}
      </body>
    </html> `.markup;
}

// The hashes cover the exact bytes between the tags.
function policy(): string {
  const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  return `default-src 'none'; style-src ${hash(ownStyle)}; script-src ${hash(evidenceScript)}; base-uri 'none'; form-action 'none'`;
}

function facts(run: ReportRun<Rows>, { archive, records, unread = 0, by, integrity }: AnswerContext): Markup {
  const { report, statistics, account, region } = run;
  const lines: readonly (readonly [string, string | undefined])[] = [
    ['Period', periodText(run.period)],
    ['Accounts', account === '*' ? 'all in the archive' : account],
    ['Regions', region === '*' ? 'all in the archive' : region],
    [
      'Parameters',
      Object.entries(run.parameters)
        .map(([name, value]) => `${name} = ${value}`)
        .join('\n') || undefined,
    ],
    ['Archive', archive.map((path) => (path === '-' ? 'standard input' : path)).join('\n')],
    ['Records', records === undefined ? undefined : `${count(records)} read`],
    [
      'Incomplete',
      unread === 0
        ? undefined
        : `${plural(unread, 'record or file', 'records or files')} could not be read: the answer may lack their contents`,
    ],
    ['Log files', integrity],
    ['Answer', plural(run.rows.length, 'row')],
    ['SHA-256', run.hash],
    ['Run', `${run.startedAt} with ${run.engine}, in ${duration(run.elapsedMs)}`],
    ['Run by', by],
    ['Bytes scanned', statistics.bytesScanned === undefined ? undefined : bytes(statistics.bytesScanned)],
    ['Cost', statistics.cost === undefined ? undefined : `$${statistics.cost.toFixed(4)}`],
    ['Execution', statistics.executionId],
    ['Controls', controlsText(report.controls) || undefined],
  ];
  return html`<section class="card">
    <p class="about">${report.reading}</p>
    <dl class="facts">
      ${lines.flatMap(([name, value]) =>
        value === undefined
          ? []
          : [
              html`<dt>${name}</dt>
                <dd class="${name === 'SHA-256' ? 'mono' : ''}">${brokenLines(value)}</dd>`,
            ],
      )}
    </dl>
  </section>`;
}

function controlsText(controls: readonly Control[]): string {
  const frameworks = [...new Set(controls.map(({ framework }) => framework))];
  const idsOf = (framework: string): string =>
    controls
      .filter((control) => control.framework === framework)
      .map(({ id }) => id)
      .join(', ');
  return frameworks.map((framework) => `${framework}: ${idsOf(framework)}`).join('\n');
}

function brokenLines(text: string): readonly Markup[] {
  return text.split('\n').map((line, index) => html`${index === 0 ? undefined : trusted('<br />')}${line}`);
}

/** Reads the answer once, for the rows on the page and the sums of its chart. */
async function lookThrough({
  report,
  rows,
}: ReportRun<Rows>): Promise<{ readonly shown: readonly Row[]; readonly sums: ReadonlyMap<string, number> }> {
  const { chart, columns } = report;
  const at = columns.findIndex(({ name }) => name === chart?.label);
  const valueAt = columns.findIndex(({ name }) => name === chart?.value);
  const shown: Row[] = [];
  const sums = new Map<string, number>();
  let room = shownCharacters;
  for await (const row of rows) {
    if (shown.length < shownRows && room > 0) {
      shown.push(row);
      for (const cell of row) room -= typeof cell === 'string' ? cell.length : 8;
    }
    if (at < 0) continue;
    const label = String(row[at] ?? '(none)');
    // Times are charted by day.
    const key = columns[at]?.type === 'time' ? label.slice(0, 10) : label;
    if (sums.size >= mostLabels && !sums.has(key)) continue;
    sums.set(key, (sums.get(key) ?? 0) + (valueAt < 0 ? 1 : Number(row[valueAt] ?? 0)));
  }
  return { shown, sums };
}

function chartOf({ chart, columns }: Report, sums: ReadonlyMap<string, number>): Markup | undefined {
  if (chart === undefined || sums.size === 0) return undefined;
  const at = columns.findIndex(({ name }) => name === chart.label);
  const byTime = columns[at]?.type === 'time' || [...sums.keys()].every((key) => /^\d{4}-\d\d/.test(key));
  const sorted = [...sums].toSorted((a, b) => (byTime ? (a[0] < b[0] ? -1 : 1) : b[1] - a[1]));
  const shown = byTime ? sorted.slice(-60) : sorted.slice(0, shownBars);
  const most = Math.max(...shown.map(([, value]) => value), 1);
  return html`<section class="card">
    <h2>
      ${chart.value ?? 'rows'} by ${chart.label}<small
        >${shown.length < sorted.length ? `${shown.length} of ${sorted.length}` : ''}</small
      >
    </h2>
    <div class="bars">
      ${shown.map(
        ([label, value]) =>
          html`<span>${label}</span>
            <svg viewBox="0 0 1000 12" preserveAspectRatio="none" aria-hidden="true">
              <rect x="0" y="0" width="${Math.max(Math.round((value / most) * 1000), value > 0 ? 2 : 0)}" height="12" />
            </svg>
            <b>${count(value)}</b>`,
      )}
    </div>
  </section>`;
}

function answer({ report, rows: all }: ReportRun<Rows>, rows: readonly Row[]): Markup {
  if (all.length === 0)
    return html`<section class="card">
      <h2>Answer</h2>
      <p>No rows: no events in the period match the question.</p>
    </section>`;
  const right = report.columns.map(({ type }) => type === 'integer' || type === 'number');
  // Account IDs, times and names are kept on one line; only columns of long texts are wrapped.
  const kinds = report.columns.map(({ type }, index) => {
    if (right[index] === true) return 'n';
    if (type === 'time') return 'k t';
    return rows.every((row) => String(row[index] ?? '').length <= 24) ? 'k' : '';
  });
  return html`<section class="card">
    <h2>Answer<small>${plural(all.length, 'row')}</small></h2>
    ${
      rows.length < all.length
        ? html`<p class="cut">
            This page shows the first ${count(rows.length)} of ${count(all.length)} rows. The CSV and JSON files of this
            run have all of them, and the hash covers all of them.
          </p>`
        : undefined
    }
    <div class="tools" hidden>
      <input type="search" placeholder="Filter rows" aria-label="Filter rows" /><span
        class="shown"
        aria-live="polite"
      ></span>
    </div>
    <div class="scroll">
      <table class="answer">
        <thead>
          <tr>
            ${report.columns.map(({ name, meaning }, index) => html`<th class="${right[index] === true ? 'n' : ''}" title="${meaning}"><button type="button">${name}</button></th>`)}
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            (row) =>
              html`<tr>
                ${row.map((cell, index) => html`<td class="${kinds[index] ?? ''}">${cell === null ? '' : String(cell)}</td>`)}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </section>`;
}

function meanings(columns: readonly Column[]): Markup {
  return html`<section class="card">
    <h2>What the columns mean</h2>
    <dl class="facts">
      ${columns.map(
        ({ name, meaning }) =>
          html`<dt class="mono">${name}</dt>
            <dd>${meaning}</dd>`,
      )}
    </dl>
  </section>`;
}

function query({ sql, values }: ReportRun<Rows>): Markup {
  const list = sql.names.map((name, index) => `${index + 1}. ${name} = ${JSON.stringify(values[index]?.value)}`);
  return html`<section class="card">
    <h2>The query</h2>
    <pre>${sql.text}</pre>
    <h3>Values of the parameters (?), in order</h3>
    <pre>${list.join('\n')}</pre>
  </section>`;
}
