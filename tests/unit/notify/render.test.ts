import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { Finding } from '../../../src/model/finding.ts';
import { messageOf } from '../../../src/notify/message/message.ts';
import type { NotificationGroup, Notification } from '../../../src/notify/message/notification.ts';
import { renderAsff } from '../../../src/notify/receivers/asff.ts';
import { renderGelf } from '../../../src/notify/render/gelf.ts';
import { escapeHtml, safeHref } from '../../../src/text/html.ts';
import { renderPagerDuty } from '../../../src/notify/render/pagerduty.ts';
import { clip, clipBytes, plain, plainJson, shown } from '../../../src/text/escape.ts';
import { renderSlack } from '../../../src/notify/render/slack.ts';
import { renderTeams } from '../../../src/notify/render/teams.ts';
import { renderText } from '../../../src/notify/render/text.ts';
import { expectGolden } from '../../support/golden.ts';
import { cardProblems, cardText } from './adaptive-card.ts';
import {
  bruteForce,
  completion,
  groups,
  hostile,
  instanceStopped,
  instanceStoppedByBen,
  rootLogin,
  sshRootLogin,
} from './specimens.ts';

const context = { accounts: { '111122223333': { name: 'production' } } };

const specimens: readonly (readonly [string, Finding, NotificationGroup?])[] = [
  ['root-login', rootLogin],
  ['correlation', bruteForce],
  ['host-ssh', sshRootLogin],
  ['hostile', hostile],
  ['instance-stopped', instanceStopped],
  ['instance-stopped-by-ben', instanceStoppedByBen],
  ['completion', completion],
  ...groups,
];

const place = { partition: 'aws', region: 'eu-central-1', account: '999988887777' };
const now = new Date('2026-03-14T10:00:00Z');
const json = (data: unknown): string => `${JSON.stringify(data, null, 2)}\n`;

describe.each(specimens)('the message of %s', (name, finding, group) => {
  const message = messageOf(finding, context);
  const notification: Notification = { id: finding.id, finding, message, ...(group && { group }) };
  const compact = renderText(message, { detail: 'compact', width: 100 }, group);
  const full = renderText(message, { detail: 'full', width: 76 }, group);
  const slack = renderSlack(message, group);
  const teams = renderTeams(message, group);
  const pagerDuty = renderPagerDuty(notification);

  test('reads as it was looked at, on a terminal', () => expectGolden(`notify/${name}.console.txt`, compact));
  test('reads as it was looked at, as mail', () => expectGolden(`notify/${name}.mail.txt`, full));
  test('reads as it was looked at, in Slack', () => expectGolden(`notify/${name}.slack.json`, json(slack)));
  test('reads as it was looked at, in Teams', () => expectGolden(`notify/${name}.teams.txt`, cardText(teams)));
  test('is an Adaptive Card', () => expect(cardProblems(teams)).toEqual([]));
  test('reads as it was looked at, in PagerDuty', () => expectGolden(`notify/${name}.pagerduty.json`, json(pagerDuty)));

  if (group === undefined) {
    const gelf = renderGelf(notification);
    const asff = renderAsff(notification, place, now);

    test('reads as it was looked at, for Graylog', () => expectGolden(`notify/${name}.gelf.json`, json(gelf)));
    test('reads as it was looked at, in Security Hub', () => expectGolden(`notify/${name}.asff.json`, json(asff)));

    test('is a GELF message', () => {
      expect(gelf).toMatchObject({ version: '1.1', host: expect.any(String), short_message: expect.any(String) });
      expect(gelf).not.toHaveProperty('_id');
      for (const key of Object.keys(gelf).filter((one) => one.startsWith('_'))) expect(key).toMatch(/^_[\w.-]+$/);
      for (const value of Object.values(gelf)) expect(['string', 'number']).toContain(typeof value);
    });

    test('is within the limits of Security Hub', () => {
      expect(Buffer.byteLength(JSON.stringify(asff))).toBeLessThan(240_000);
      expect(asff.Title?.length).toBeLessThanOrEqual(256);
      expect(asff.Description?.length).toBeLessThanOrEqual(1024);
      expect(asff.Resources?.length).toBeLessThanOrEqual(32);
      const fields = Object.entries(asff.ProductFields ?? {});
      expect(fields.length).toBeLessThanOrEqual(50);
      for (const [key, value] of fields) {
        expect(key.length).toBeLessThanOrEqual(128);
        expect(value.length).toBeLessThanOrEqual(2048);
      }
    });
  }

  test('is within the limits of Teams and PagerDuty', () => {
    expect(Buffer.byteLength(JSON.stringify(teams))).toBeLessThan(23_000);
    expect(Buffer.byteLength(JSON.stringify(pagerDuty))).toBeLessThanOrEqual(500_000);
    expect((pagerDuty['payload'] as { summary: string }).summary.length).toBeLessThanOrEqual(1024);
  });

  test('has text from events in Teams only where nothing reads it', () => {
    const kinds = elementsOf(teams).map(({ type }) => type);
    // A TextBlock and a FactSet read Markdown.
    expect(kinds).not.toContain('TextBlock');
    expect(kinds).not.toContain('FactSet');
    for (const { type, text, url } of elementsOf(teams)) {
      if (type === 'TextRun') expect(text).not.toMatch(/\{\{|\$\{|[\p{Cc}\u202e\u200b]/u);
      if (url !== undefined) expect(url).toMatch(/^https:\/\//);
    }
  });

  test('keeps to 76 columns in a mail, but for what must be pasted whole', () => {
    const written = full.split('\n--- ')[0]?.split('\n') ?? [];
    const wide = written.filter((line) => line.length > 76 && !/https?:\/\/|\S{60,}/.test(line));
    expect(wide).toEqual([]);
  });

  test('cannot steer a terminal or a mail client', () => {
    for (const text of [compact, full]) expect(text.replaceAll('\n', '')).toBe(plain(text.replaceAll('\n', '')));
  });

  test('says each fact once a line: no value begins a line of its own', () => {
    expect(full.split('\n').filter((line) => /^(?:From:|HIGH {2}Nothing)/.test(line))).toEqual([]);
  });

  test('is within the limits of Block Kit', () => {
    expect(slack.blocks.length).toBeLessThanOrEqual(50);
    for (const block of slack.blocks) {
      if (block.type === 'header') expect(block.text.text.length).toBeLessThanOrEqual(150);
      if (block.type === 'section' && block.text) expect(block.text.text.length).toBeLessThanOrEqual(3000);
      if (block.type === 'section' && block.fields) {
        expect(block.fields.length).toBeLessThanOrEqual(10);
        for (const field of block.fields) expect(field.text.length).toBeLessThanOrEqual(2000);
      }
      if (block.type === 'context') {
        for (const element of block.elements) if ('text' in element) expect(element.text?.length).toBeLessThan(2000);
      }
    }
  });

  test('has only links of its own in Slack', () => {
    for (const text of markupOf(slack)) {
      const tags = text.match(/<[^>]*>/g) ?? [];
      expect(tags.filter((tag) => !/^<https:\/\/attack\.mitre\.org\/[\w/]+\|[\w.-]+>$/.test(tag))).toEqual([]);
    }
  });

  test('closes every span and block of code in Slack', () => {
    for (const text of markupOf(slack)) {
      expect(((text.match(/```/g) ?? []).length % 2) + ((text.match(/`/g) ?? []).length % 2)).toBe(0);
    }
  });
});

test.each([
  ['root-login', rootLogin],
  ['hostile', hostile],
])('the card of %s, whole', (name, finding) => {
  expectGolden(`notify/${name}.teams.json`, json(renderTeams(messageOf(finding, context))));
});

describe('an Adaptive Card', () => {
  const card = renderTeams(messageOf(rootLogin, context));
  const { content } = card.attachments[0];
  const withContent = (changes: object): unknown => ({
    ...card,
    attachments: [{ ...card.attachments[0], content: { ...content, ...changes } }],
  });

  test.each<[rule: string, payload: unknown, problem: string]>([
    ['without an attachment', { ...card, attachments: [] }, 'attachments.0'],
    ['of an unknown version', withContent({ version: '2.0' }), 'version'],
    ['with an element that reads Markdown', withContent({ body: [{ type: 'TextBlock', text: '*x*' }] }), 'body.0.type'],
    ['with a misspelled property', withContent({ boddy: [] }), 'boddy'],
    ['with a link to a script', withContent({ actions: [{ type: 'Action.OpenUrl', url: 'javascript:x' }] }), 'url'],
    ['with a button for nothing', withContent({ body: content.body.slice(0, 1) }), 'a button shows queries'],
    ['with a part that no button shows', withContent({ actions: [] }), 'no button shows queries'],
  ])('%s is refused', (_rule, payload, problem) => {
    expect(cardProblems(payload).join('\n')).toContain(problem);
  });
});

test('Teams fills in nothing in text from an event', () => {
  const userAgent = '{{DATE(2026-03-14T09:12:44Z,SHORT)}} ${name} {{{x}}}';
  const { event } = rootLogin;
  const card = renderTeams(messageOf({ ...rootLogin, event: { ...event, userAgent, raw: { userAgent } } }));
  const texts = elementsOf(card).flatMap(({ text }) => text ?? []);
  expect(texts.some((text) => text.includes('DATE(2026'))).toBe(true);
  expect(texts.filter((text) => /\{\{|\$\{/.test(text))).toEqual([]);
});

test('buttons of a hostile finding lead to the web only', () => {
  const urls = renderSlack(messageOf(hostile)).blocks.flatMap((block) =>
    block.type === 'actions' ? block.elements.map((element) => ('url' in element ? element.url : undefined)) : [],
  );
  expect(urls).toEqual([expect.stringMatching(/^https:\/\/us-east-1\.console/), 'https://example.com/a%20b%22%3C%3E']);
});

describe('findings that differ are never shown as if the first stood for all', () => {
  const told = ([, finding, group]: (typeof groups)[number]): readonly string[] => {
    const message = messageOf(finding, context);
    const again = { ...group, kind: 'update' } as const;
    const pagerDuty = renderPagerDuty({ id: 'x', finding, message, group: again });
    const { 'the first of them': _first, ...others } = (
      pagerDuty['payload'] as { custom_details: Record<string, unknown> }
    ).custom_details;
    return [
      renderText(message, { detail: 'full', width: 76 }, again),
      JSON.stringify(renderSlack(message, again)),
      JSON.stringify(renderTeams(message, again)),
      JSON.stringify({ ...pagerDuty, payload: { ...(pagerDuty['payload'] as object), custom_details: others } }),
    ];
  };
  const mixed = groups.filter(
    ([, , group]) => group.mixed && !group.latest.some(({ target }) => target === 'host web-7'),
  );
  const elsewhere = groups.filter(([name]) => name === 'same-elsewhere');

  test.each([...mixed, ...elsewhere])('%s', (...group) => {
    for (const text of told(group)) {
      expect(text).toMatch(/(?:37 findings|5 times) since 2026-03-13 23:58 UTC/);
      // Where the first was; the lines say where the latest were.
      expect(text).not.toContain('web-7');
      expect(text).toContain('web-34');
    }
  });

  test('and the level is that of the worst', () => {
    for (const group of groups.filter(([name]) => name === 'several-rules')) {
      for (const text of told(group)) expect(text).toMatch(/critical/i);
    }
  });
});

describe('text of any kind', () => {
  const anyText = fc.string({ unit: 'binary', maxLength: 300 });

  test('stays within the limits of every receiver, and inert, wherever it stands in an event', () => {
    fc.assert(
      fc.property(anyText, fc.nat(60), (text, times) => {
        const long = text.repeat(times + 1);
        const { event } = rootLogin;
        const finding: Finding = {
          ...rootLogin,
          rule: { ...rootLogin.rule, title: long, description: long, runbook: long, falsePositives: [long] },
          event: {
            ...event,
            id: long,
            service: long,
            action: long,
            userAgent: long,
            sourceAddress: long,
            actor: { ...event.actor, name: long, arn: long, chain: [long, long] },
            targets: Array.from({ length: 40 }, () => ({ kind: long, id: long })),
          },
          evidence: [{ field: long, value: long, wanted: long }],
        };
        const message = messageOf(finding);
        const notification = { id: finding.id, finding, message };
        const written = [renderTeams(message), renderPagerDuty(notification), renderGelf(notification)];
        const asff = renderAsff(notification, place, now);
        for (const [index, bytes] of [22_999, 512_000, 1_000_000].entries()) {
          expect(Buffer.byteLength(JSON.stringify(written[index]))).toBeLessThanOrEqual(bytes);
        }
        expect(Buffer.byteLength(JSON.stringify(asff))).toBeLessThan(240_000);
        expect(asff.Title?.length).toBeLessThanOrEqual(256);
        expect(asff.Description?.length).toBeLessThanOrEqual(1024);
        for (const { Id } of asff.Resources ?? []) expect(Id?.length).toBeLessThanOrEqual(512);
        for (const value of Object.values(asff.ProductFields ?? {})) expect(value.length).toBeLessThanOrEqual(2048);
        for (const { text: run, type } of elementsOf(written[0])) {
          if (type === 'TextRun') expect(run).not.toMatch(/[\p{Cc}]|\{\{|\$\{/u);
        }
        // Half of a character is refused by whoever reads strictly.
        expect(JSON.stringify([...written, asff])).not.toMatch(/\\ud[89a-f][0-9a-f]{2}/i);
      }),
      { numRuns: 60 },
    );
  });

  test('is inert in plain text', () => {
    fc.assert(
      fc.property(anyText, (text) => plain(text) === plain(plain(text)) && !/[\p{Cc}\p{Cf}]/u.test(plain(text))),
    );
  });

  test('is inert in JSON, and still the very same text', () => {
    fc.assert(
      fc.property(anyText, fc.constantFrom(0, 2), (text, indent) => {
        const json = plainJson({ [text]: [text] }, indent);
        expect(json.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
        expect(JSON.stringify(JSON.parse(json))).toBe(JSON.stringify({ [text]: [text] }));
      }),
    );
  });

  test('stays within the Slack limits and its own markup wherever it stands in an event', () => {
    fc.assert(
      fc.property(anyText, fc.nat(40), (text, times) => {
        const long = text.repeat(times + 1);
        const { event } = rootLogin;
        const finding: Finding = {
          ...rootLogin,
          rule: { ...rootLogin.rule, title: long, description: long, runbook: long, falsePositives: [long] },
          event: { ...event, userAgent: long, action: long, actor: { ...event.actor, name: long, arn: long } },
          evidence: [{ field: long, value: long, wanted: long }],
        };
        for (const markup of markupOf(renderSlack(messageOf(finding)))) {
          expect(markup.length).toBeLessThanOrEqual(3000);
          expect(markup).not.toMatch(/<(?!https:\/\/attack\.mitre\.org\/)/);
          expect(markup).not.toMatch(/&(?!(?:amp|lt|gt);)/);
        }
      }),
      { numRuns: 200 },
    );
  });

  test('is cut between characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.nat(80), (text, max) => {
        expect(clip(text, max, '').isWellFormed()).toBe(true);
        expect(clip(text, max, '').length).toBeLessThanOrEqual(max);
        // A cut in a character would read as this one.
        if (!text.includes('\ufffd')) expect(clipBytes(text, max, '')).not.toContain('\ufffd');
        expect(Buffer.byteLength(clipBytes(text, max, ''))).toBeLessThanOrEqual(max);
        expect(text.startsWith(clipBytes(text, max, ''))).toBe(true);
      }),
    );
  });
});

describe('helpers of renderers', () => {
  test.each([
    ['keeps ordinary text', 'naïve “quotes” 漢字 😀', 'naïve “quotes” 漢字 😀'],
    ['shows line breaks and tabs', 'a\r\nb\tc', String.raw`a\r\nb\tc`],
    ['shows escape sequences of terminals', '\u001b[2J', String.raw`\u001b[2J`],
    ['shows the one-character escape sequences too', '\u009b2J', String.raw`\u009b2J`],
    ['shows right-to-left overrides', 'a\u202eb', String.raw`a\u202eb`],
    ['shows isolates', '\u2067x\u2069', String.raw`\u2067x\u2069`],
    ['shows zero-width characters', 'pay\u200bpal', String.raw`pay\u200bpal`],
    ['shows tag characters beyond the basic plane', '\u{e0041}', String.raw`\u{e0041}`],
    ['shows half of a surrogate pair', 'a\ud83d', String.raw`a\ud83d`],
    ['shows line separators', 'a\u2028b', String.raw`a\u2028b`],
  ])('plain %s', (_rule, text, wanted) => expect(plain(text)).toBe(wanted));

  test('shown says how much it left out', () => {
    expect(shown('a'.repeat(30), 10)).toBe('aaaaaaaaaa… (20 more characters)');
  });

  test('escapeHtml leaves nothing that opens a tag, an entity or an attribute', () => {
    expect(escapeHtml(`<a href='x' title="y">&amp;`)).toBe('&lt;a href=&#39;x&#39; title=&quot;y&quot;&gt;&amp;amp;');
  });

  test.each([
    ['https', 'https://example.com/', true],
    ['http', 'http://example.com/', true],
    ['a script', 'javascript:alert(1)', false],
    ['a script behind a tab', 'java\tscript:alert(1)', false],
    ['data', 'data:text/html,x', false],
    ['no address', 'see the wiki', false],
  ])('safeHref decides on %s', (_what, address, safe) => expect(safeHref(address) !== undefined).toBe(safe));
});

/** Every text that Slack reads markup in. */
function markupOf({ blocks }: ReturnType<typeof renderSlack>): readonly string[] {
  return blocks.flatMap((block) => {
    if (block.type === 'section')
      return [block.text, ...(block.fields ?? [])].flatMap((one) => (one ? [one.text] : []));
    if (block.type === 'context') return block.elements.flatMap((one) => ('text' in one ? [one.text ?? ''] : []));
    return [];
  });
}

interface CardElement {
  readonly type?: string;
  readonly text?: string;
  readonly url?: string;
}

/** Every element of a card, however deep. */
function elementsOf(data: unknown): readonly CardElement[] {
  if (typeof data !== 'object' || data === null) return [];
  const inner = Object.values(data).flatMap(elementsOf);
  return Array.isArray(data) ? inner : [data, ...inner];
}
