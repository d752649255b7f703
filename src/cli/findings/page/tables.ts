import { levels } from '../../../model/level.ts';
import { accountOf, type MessageContext } from '../../../notify/index.ts';
import { clip } from '../../../text/escape.ts';
import type { Case } from '../casebook/casebook.ts';
import { count, plural } from '../../../text/amounts.ts';
import { html } from '../../../text/markup.ts';
import type { Markup } from '../../../text/markup.ts';

const listedRows = 12;

/** rulesTable lists the rules that found most, the most severe first. */
export function rulesTable({ rules }: Case): Markup {
  return html`<section class="card">
    <h2>By rule</h2>
    <table>
      <tr>
        <th>Level</th>
        <th>Rule</th>
        <th class="n">Findings</th>
      </tr>
      ${rules.slice(0, listedRows).map(
        ({ rule, count: findings }) =>
          html`<tr>
            <td class="c"><span class="chip ${rule.level}">${rule.level}</span></td>
            <td>${rule.title}</td>
            <td class="n">${count(findings)}</td>
          </tr>`,
      )}
    </table>
    ${andMore(rules.length, 'rule')}
  </section>`;
}

/** actorsTable lists who was behind most findings, and in which account. */
export function actorsTable({ actors, moreActors }: Case, { accounts }: MessageContext): Markup {
  return html`<section class="card">
    <h2>By actor</h2>
    <table>
      <tr>
        <th>Worst</th>
        <th>Actor</th>
        <th class="n">Findings</th>
      </tr>
      ${actors.slice(0, listedRows).map(({ name, account, counts, count: findings }) => {
        const worst = levels.findLast((level) => counts[level] > 0) ?? 'informational';
        return html`<tr>
          <td class="c"><span class="chip ${worst}">${worst}</span></td>
          <td>
            ${clip(name, 160)}
            ${account === undefined ? undefined : html`<small>${accountOf(account, accounts).name ?? account}</small>`}
          </td>
          <td class="n">${count(findings)}</td>
        </tr>`;
      })}
    </table>
    ${andMore(actors.length, 'actor', moreActors ? 'at least ' : '')}
  </section>`;
}

function andMore(all: number, noun: string, roughly = ''): Markup {
  return all > listedRows
    ? html`<p class="more">… and ${roughly}${plural(all - listedRows, `more ${noun}`, `more ${noun}s`)}</p>`
    : html``;
}
