import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { createCasebook } from '../../src/cli/findings/casebook/casebook.ts';
import type { CasebookLimits } from '../../src/cli/findings/casebook/casebook.ts';
import { html } from '../../src/text/markup.ts';
import { renderPage } from '../../src/cli/findings/page/page.ts';
import type { SuppressedCount } from '../../src/cli/findings/summary.ts';
import type { Finding } from '../../src/model/finding.ts';
import { finding } from './finding.ts';

const hostile = `</script></style><img src=x onerror=alert(1)>"'><svg/onload=alert(2)>\u202egnp.exe`;

const suppressedFindings: readonly SuppressedCount[] = [
  { by: { name: hostile, match: {}, owner: hostile, reason: hostile, expires: '2026-12-31' }, findings: 1_234 },
];

function pageOf(findings: readonly Finding[], limits?: CasebookLimits, suppressed = suppressedFindings): string {
  const book = createCasebook(limits);
  for (const one of findings) book.add(one);
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
    found: book.read(),
    suppressed,
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

describe('the report page', () => {
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
  ] as const)('the line of an alert says $rule', ({ event, line }) => {
    const actor = { kind: 'iam-user', name: 'ben', chain: [] } as const;
    const page = pageOf([finding({ event: { ...event, actor, sourceAddress: '198.51.100.77' } })]);
    expect(page).toContain(`<span class="who">${line}</span>`);
  });

  test('says whose account an actor is of by name, and whose host', () => {
    const onHost = {
      source: { product: 'linux', services: ['sshd'] },
      actor: { kind: 'unknown', name: 'git', chain: [] },
      targets: [{ kind: 'host', id: 'bastion-1' }],
    } as const;
    const page = pageOf([finding({ event: { id: 'one' } }), finding({ event: { id: 'two', ...onHost } })]);
    expect(page).toContain('>alice, production<');
    expect(page).toContain('>git, on bastion-1<');
    expect(page).toMatch(/alice\s+<small>production<\/small>/);
  });

  test('shows who, what, where, from where, why, and what to do next', () => {
    const page = pageOf([finding({ rule: { runbook: 'Ask the user, then disable the key.' } })]);
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

  test('text from events and paths is inert: it opens no tag, closes no attribute, turns no text around', () => {
    const page = pageOf([hostileFinding]);
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

  test('asks the network for nothing, and lets only its own style and script run', () => {
    const page = pageOf([finding(), hostileFinding]);
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

  test('says how many alerts it does not tell in full', () => {
    const many = Array.from({ length: 9 }, (_, n) => finding({ event: { id: `e${n}` }, news: String(n) }));
    expect(pageOf(many, { alerts: 4, occurrences: 5, actors: 5 })).toMatch(
      /tells the 4 most severe alerts in full\.\s+5 more alerts\s+with 5 findings/,
    );
  });

  test('says what is suppressed, by whom, why, until when and how often', () => {
    const [, section = ''] = /What is suppressed([^]*?)<\/section>/.exec(pageOf([])) ?? [];
    expect(pageOf([])).toMatch(/Nothing to tell[^]*All that was found is suppressed/);
    expect(section).toContain('1,234 findings beside those on this page');
    expect(section.replace(/\s+/g, ' ')).toContain('<td>2026-12-31</td> <td class="n">1,234</td>');
  });

  test('without findings it says so, and still what could not be read', () => {
    const page = pageOf([], undefined, []);
    expect(page).toContain('Nothing found');
    expect(page).not.toContain('suppressed');
    expect(page).toContain('What could not be read');
  });
});

test('html: values are text unless they are markup', () => {
  expect(html`<b title="${'"<'}">${'a < b'}${html`<i>${'&'}</i>`}${undefined}${3}</b>`.markup).toBe(
    '<b title="&quot;&lt;">a &lt; b<i>&amp;</i>3</b>',
  );
});
