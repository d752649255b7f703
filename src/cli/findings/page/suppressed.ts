import { clip } from '../../../text/escape.ts';
import { html, type Markup } from '../../../text/markup.ts';
import type { SuppressedCount } from '../summary.ts';
import { count, plural } from '../../../text/amounts.ts';

/** suppressedTable lists what was found and is told nobody, by whose word, and why; nothing when there is no such thing. */
export function suppressedTable(suppressed: readonly SuppressedCount[]): Markup | undefined {
  if (suppressed.length === 0) return undefined;
  const total = suppressed.reduce((sum, { findings }) => sum + findings, 0);
  return html`<section class="card failed">
    <h2>
      What is suppressed
      <small>${plural(total, 'finding')} beside those on this page, as the configuration says</small>
    </h2>
    <table>
      <tr>
        <th>Suppression</th>
        <th>Owner</th>
        <th>Reason</th>
        <th>Until</th>
        <th class="n">Findings</th>
      </tr>
      ${suppressed.map(
        ({ by: { name, owner, reason, expires }, findings }) =>
          html`<tr>
            <td>${clip(name, 200)}</td>
            <td>${clip(owner, 200)}</td>
            <td>${clip(reason, 500)}</td>
            <td>${expires === 'never' ? 'without end' : expires}</td>
            <td class="n">${count(findings)}</td>
          </tr>`,
      )}
    </table>
  </section>`;
}
