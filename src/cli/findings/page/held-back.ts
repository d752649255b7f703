import { clip } from '../../../text/escape.ts';
import { count, plural } from '../../../text/amounts.ts';
import { html, type Markup } from '../../../text/markup.ts';
import type { HeldBack } from '../casebook/held-back.ts';

/** heldBackTable lists the findings that are held back, who decided so, and why; nothing when there are none. */
export function heldBackTable(heldBack: readonly HeldBack[]): Markup | undefined {
  if (heldBack.length === 0) return undefined;
  const total = heldBack.reduce((sum, { findings }) => sum + findings, 0);
  const rows = heldBack.slice(0, listedRows);
  return html`<section class="card">
    <h2>
      What is held back
      <small>${plural(total, 'finding')} not in the alerts, by decision of the configuration</small>
    </h2>
    <table>
      <tr>
        <th>Held back by</th>
        <th>Rule</th>
        <th class="n">Findings</th>
      </tr>
      ${rows.map(heldBackRow)}
    </table>
    ${heldBack.length > rows.length ? html`<p class="more">… and ${count(heldBack.length - rows.length)} more rows</p>` : undefined}
  </section>`;
}

const listedRows = 200;

const kinds = {
  suppressed: 'suppression',
  inhibited: 'inhibition',
  trial: 'trial',
} satisfies Record<HeldBack['by'], string>;

function heldBackRow({ by, name, owner, reason = '', until, rule, findings }: HeldBack): Markup {
  const whose = [
    ...(owner === undefined ? [] : [clip(owner, 200)]),
    ...(until === undefined ? [] : [until === 'never' ? 'without end' : `until ${until}`]),
  ];
  return html`<tr>
    <td>
      ${kinds[by]} <b>${clip(name, 200)}</b>${whose.length > 0 ? html` <small>${whose.join(', ')}</small>` : undefined}
      ${reason === '' ? undefined : html`<br />${clip(reason, 500)}`}
    </td>
    <td><span class="chip ${rule.level}">${rule.level}</span> ${clip(rule.title, 200)}</td>
    <td class="n">${count(findings)}</td>
  </tr>`;
}
