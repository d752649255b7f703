import { createHash } from 'node:crypto';
import { levels } from '../../../model/level.ts';
import { plural } from '../../../text/amounts.ts';
import { html, trusted, type Markup } from '../../../text/markup.ts';
import type { Cell, Coverage, TacticColumn } from './matrix.ts';
import { levelColors } from './navigator.ts';

/** coveragePage writes the matrix as one HTML page that needs nothing but itself: no script, no network. */
export function coveragePage(coverage: Coverage): string {
  const { rules, techniques, tactics, without } = coverage;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="referrer" content="no-referrer" />
        <title>Trailwatch: ATT&amp;CK coverage</title>
        ${trusted(`<style>${style}</style>`)}
      </head>
      <body>
        <h1>ATT&amp;CK coverage</h1>
        <p>
          ${plural(rules, 'rule')} about ${plural(techniques, 'technique')}; ${plural(without, 'rule')} without a
          technique. The colour is the highest level of a technique's rules.
        </p>
        <p>${levels.toReversed().map((level) => html`<span class="key ${level}">${level}</span> `)}</p>
        <div class="matrix">${tactics.map(columnOf)}</div>
      </body>
    </html> `.markup;
}

function columnOf({ name, id, cells, rules }: TacticColumn): Markup {
  return html`<section>
    <h2>${name} <small>${id}, ${plural(rules, 'rule')}</small></h2>
    ${cells.map(cellOf)}
  </section>`;
}

function cellOf({ technique, name = '', level, rules }: Cell): Markup {
  return html`<details class="${level}">
    <summary><b>${technique}</b> ${name} <em>${rules.length}</em></summary>
    <ul>
      ${rules.map((rule) => html`<li>${rule.title} <small>${rule.level}</small></li>`)}
    </ul>
  </details>`;
}

const style = `
body { margin: 24px; background: #fff; color: #16202c; font: 14px/1.4 system-ui, sans-serif; }
h1 { font-size: 24px; margin: 0 0 4px; }
h2 { font-size: 14px; margin: 0 0 6px; }
small { color: #4d5b6b; font-weight: 400; }
.matrix { display: flex; gap: 8px; overflow-x: auto; align-items: flex-start; padding-bottom: 12px; }
section { flex: 0 0 190px; }
details, .key { border-radius: 4px; padding: 4px 8px; margin-bottom: 4px; color: #16202c; }
details small { color: #16202c; }
summary { cursor: pointer; overflow-wrap: anywhere; }
em { float: right; font-style: normal; font-weight: 650; }
ul { margin: 4px 0; padding-left: 16px; overflow-wrap: anywhere; }
${levels.map((level) => `.${level} { background: ${levelColors[level]}; }`).join('\n')}
`;

const policy = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; base-uri 'none'; form-action 'none'`;
