import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import type { CasebookLimits } from '../../src/cli/findings/casebook/casebook.ts';
import { html } from '../../src/text/markup.ts';
import { renderPage } from '../../src/cli/findings/page/page.ts';
import type { Finding } from '../../src/model/finding.ts';
import { caseOf } from './case.ts';
import { finding } from './finding.ts';

const hostile = `</script></style><img src=x onerror=alert(1)>"'><svg/onload=alert(2)>\u202egnp.exe`;

const suppressions = {
  [hostile]: { name: hostile, match: { rule: ['known'] }, owner: hostile, reason: hostile, expires: '2026-12-31' },
};
const known = Array.from({ length: 1_234 }, (_, n) => finding({ rule: { id: 'known' }, event: { id: `known-${n}` } }));

async function pageOf(findings: readonly Finding[], limits?: CasebookLimits): Promise<string> {
  return renderPage({
    version: '0.1.0',
    generatedAt: '2026-03-12T08:00:00.000Z',
    inputs: [hostile],
    rules: 15,
    records: { all: 10, matched: findings.length, unmatched: 10 - findings.length, failed: 1 },
    files: '3 read, 12 kB; skipped 1 digest',
    failures: [{ origin: { path: hostile, index: 0 }, reason: hostile }],
    elapsedMs: 120,
    partial: false,
    found: await caseOf(findings, { ...(limits && { limits }), configuration: { suppressions } }),
    context: { accounts: { '111122223333': { name: 'production' } } },
  });
}

const hostileFinding = finding({
  rule: {
    title: hostile,
    description: hostile,
    runbook: hostile,
    falsePositives: [hostile],
    references: ['javascript:alert(3)', hostile],
  },
  event: {
    id: hostile,
    service: hostile,
    action: hostile,
    region: hostile,
    account: hostile,
    actor: { kind: 'unknown', name: hostile, arn: hostile, chain: [hostile] },
    sourceAddress: hostile,
    userAgent: hostile,
    targets: [{ kind: hostile, id: hostile }],
    outcome: { kind: 'failure', code: hostile, message: hostile },
    origin: { path: hostile, index: 0 },
    raw: { [hostile]: hostile },
  },
});

// Text is escaped, so whatever stands between angle brackets is a tag.
function tagsOf(page: string): readonly string[] {
  const withoutCode = page.replace(/(<script>)[^]*?(<\/script>)/, '$1$2').replace(/(<style>)[^]*?(<\/style>)/, '$1$2');
  return withoutCode.match(/<[^>]*>/g) ?? [];
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

describe('the findings page', () => {
  test.each([
    {
      rule: 'the account once, and why a sign-in failed',
      event: {
        account: '111122223333',
        targets: [{ kind: 'account', id: '111122223333' }],
        outcome: { kind: 'failure', code: 'Failure', message: 'Failed authentication' },
      },
      line: 'ben · from 198.51.100.77 · in production · failed: Failed authentication',
    },
    {
      rule: 'the target that is not who did it',
      event: {
        account: '111122223333',
        targets: [
          { kind: 'user', id: 'ben' },
          { kind: 'policy', id: 'admin' },
        ],
        outcome: { kind: 'success' },
      },
      line: 'ben → admin · from 198.51.100.77 · in production',
    },
  ] as const)('the line of an alert says $rule', async ({ event, line }) => {
    const actor = { kind: 'iam-user', name: 'ben', chain: [] } as const;
    const page = await pageOf([finding({ event: { ...event, actor, sourceAddress: '198.51.100.77' } })]);
    expect(page).toContain(`<span class="who">${line}</span>`);
  });

  test('says whose account an actor is of by name, and whose host', async () => {
    const onHost = {
      source: { product: 'linux', services: ['sshd'] },
      actor: { kind: 'unknown', name: 'git', chain: [] },
      targets: [{ kind: 'host', id: 'bastion-1' }],
    } as const;
    const page = await pageOf([finding({ event: { id: 'one' } }), finding({ event: { id: 'two', ...onHost } })]);
    expect(page).toContain('>alice, production<');
    expect(page).toContain('>git, on bastion-1<');
    expect(page).toMatch(/alice\s+<small>production<\/small>/);
  });

  test('shows who, what, where, from where, why, and what to do next', async () => {
    const page = await pageOf([finding({ rule: { runbook: 'Ask the user, then disable the key.' } })]);
    for (const text of [
      'alice (IAM user)',
      'iam:CreateAccessKey, succeeded',
      'user backup-svc',
      'production (111122223333), eu-west-1',
      '203.0.113.7',
      'is &quot;CreateAccessKey&quot;',
      'T1098.001',
      'Ask the user, then disable the key.',
      'An administrator setting up a colleague',
      'trail/a.json.gz #3',
      'SELECT eventtime',
      'DuckDB: ',
    ]) {
      expect(page).toContain(text);
    }
  });

  test('text from events and paths is inert: it opens no tag, closes no attribute, turns no text around', async () => {
    const page = await pageOf([hostileFinding]);
    const tags = tagsOf(page);
    expect(tags.filter((tag) => /^<(?:img|svg\/)|\son\w+=/i.test(tag))).toEqual([]);
    // The only tags with a script or style in them are the page's own.
    expect(tags.filter((tag) => /^<\/?(?:script|style)/.test(tag))).toEqual([
      '<style>',
      '</style>',
      '<script>',
      '</script>',
    ]);
    expect(tags.filter((tag) => /href="(?!https:\/\/)/.test(tag))).toEqual([]);
    expect(page).not.toContain('\u202e');
  });

  test('asks the network for nothing, and lets only its own style and script run', async () => {
    const page = await pageOf([finding(), hostileFinding]);
    const tags = tagsOf(page);
    expect(tags.filter((tag) => /^<(?:link|iframe|object|embed|base|img|form)\b|\s(?:src|style)=/.test(tag))).toEqual(
      [],
    );
    expect(page.slice(0, page.indexOf('</style>'))).not.toMatch(/@import|url\(/);
    const policy = /http-equiv="Content-Security-Policy"\s+content="([^"]*)"/.exec(page)?.[1]?.replaceAll('&#39;', "'");
    const own = (name: string): string =>
      page.slice(page.indexOf(`<${name}>`) + name.length + 2, page.indexOf(`</${name}>`));
    expect(policy).toBe(
      `default-src 'none'; style-src ${hashOf(own('style'))}; script-src ${hashOf(own('script'))}; base-uri 'none'; form-action 'none'`,
    );
    for (const anchor of tags.filter((tag) => tag.startsWith('<a ')))
      expect(anchor).toContain('rel="noreferrer noopener"');
  });

  test('says how many alerts it does not tell in full', async () => {
    const many = Array.from({ length: 9 }, (_, n) => finding({ event: { id: `e${n}` }, news: String(n) }));
    expect(await pageOf(many, { alerts: 4, occurrences: 5, notifications: 5, actors: 5 })).toMatch(
      /shows the 4 most severe alerts in full\.\s+5 more alerts\s+with 5 findings/,
    );
  });

  test('says what is held back, by whose word, why, until when and how often', async () => {
    const page = await pageOf(known);
    const [, section = ''] = /What is held back([^]*?)<\/section>/.exec(page) ?? [];
    expect(page).toMatch(/No alerts[^]*Every finding is held back/);
    expect(section).toContain('1,234 findings not in the alerts');
    expect(section).toContain(', until 2026-12-31</small>');
    expect(section).toContain('<td class="n">1,234</td>');
    expect(tagsOf(page).filter((tag) => /^<(?:img|svg\/)|\son\w+=/i.test(tag))).toEqual([]);
  });

  test('says who is notified of an alert, when more than once, and of what nobody is', async () => {
    const at = (minute: number) => ({ id: `e${minute}`, time: `2026-03-11T09:${minute}:00.000Z` });
    const page = await pageOf([10, 12].map((minute) => finding({ event: at(minute) })));
    expect(page).toMatch(/<dt>Notifies<\/dt>\s*<dd>chat <small>route: no route below takes it<\/small><\/dd>/);
    const [, table = ''] = /Notified 2 times\s*<\/h3>([^]*?)<\/table>/.exec(page) ?? [];
    expect(
      table
        .replace(/<[^>]*>|\s+/g, ' ')
        .replace(/ +/g, ' ')
        .trim(),
    ).toBe('2026-03-11 09:10:00 first chat 1 finding 2026-03-11 09:15:00 update chat 1 more, 2 in all');
  });

  test('without findings it says so, and still what could not be read', async () => {
    const page = await pageOf([]);
    expect(page).toContain('Nothing found');
    expect(page).not.toContain('held back');
    expect(page).toContain('What could not be read');
  });
});

test('html: values are text unless they are markup', () => {
  expect(html`<b title="${'"<'}">${'a < b'}${html`<i>${'&'}</i>`}${undefined}${3}</b>`.markup).toBe(
    '<b title="&quot;&lt;">a &lt; b<i>&amp;</i>3</b>',
  );
});
