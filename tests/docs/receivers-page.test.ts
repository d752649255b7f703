import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { loadConfiguration } from '../../src/config/load-configuration.ts';
import { receiverKinds } from '../../src/notify/receivers/receiver-table.ts';
import { createWebhook } from '../../src/notify/receivers/webhook.ts';
import { renderGelf } from '../../src/notify/render/gelf.ts';
import { root } from '../cli/trailwatch.ts';
import { hostile, instanceStoppedByBen } from '../unit/notify/specimens.ts';
import { never, notificationOf } from '../wire/notification.ts';

/** docs/receivers.md shows nothing that isn't so: its files load, its code is run. */
const page = await readFile(join(root, 'docs/receivers.md'), 'utf8');
const blocks = (language: string): readonly string[] =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, 'gm'))].map(([, text = '']) => text);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trailwatch-receivers-page-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('names every kind of receiver, with an example', () => {
  const shown = blocks('yaml').join('');
  for (const kind of Object.keys(receiverKinds)) {
    expect(page).toContain(`\`${kind}\``);
    expect(shown).toContain(`kind: ${kind}`);
  }
});

test.each(blocks('yaml'))('this loads over default.yml:\n%s', async (text) => {
  const file = join(folder, 'example.yml');
  await writeFile(file, text);
  await loadConfiguration([join(root, 'config/default.yml'), file]);
});

describe('the code that checks a signature', () => {
  type IsGenuine = (headers: Readonly<Record<string, string>>, body: string, secret: string, now?: number) => boolean;
  const secret = `whsec_${Buffer.from('0123456789abcdef0123456789abcdef').toString('base64')}`;
  const sentAt = new Date('2026-03-14T09:13:00.500Z');
  let isGenuine: IsGenuine;
  let letter: { readonly headers: Record<string, string>; readonly body: string };

  beforeAll(async () => {
    const file = join(folder, 'verify.mjs');
    await writeFile(file, blocks('js')[0] ?? '');
    ({ isGenuine } = (await import(pathToFileURL(file).href)) as { isGenuine: IsGenuine });
    const receiver = createWebhook({
      address: async () => 'https://siem.example.com/trailwatch',
      signingKey: async () => secret,
      now: () => sentAt,
      fetch: async (_address, { headers, body } = {}) => {
        letter = { headers: headers as Record<string, string>, body: body as string };
        return new Response();
      },
    });
    await receiver.send(notificationOf(hostile), never);
  });

  test('takes a letter', () => {
    expect(isGenuine(letter.headers, letter.body, secret, sentAt.getTime())).toBe(true);
  });

  test.each<[string, () => boolean]>([
    ['was changed', () => isGenuine(letter.headers, letter.body.replace('critical', 'low'), secret, sentAt.getTime())],
    ['is old', () => isGenuine(letter.headers, letter.body, secret, sentAt.getTime() + 301_000)],
    [
      'is old and says otherwise',
      () => isGenuine({ ...letter.headers, 'webhook-timestamp': '1773480000' }, letter.body, secret, 1773480000_000),
    ],
    [
      'is signed by somebody else',
      () => isGenuine(letter.headers, letter.body, `whsec_${'A'.repeat(44)}`, sentAt.getTime()),
    ],
    ['is not signed', () => isGenuine({}, letter.body, secret, sentAt.getTime())],
  ])('refuses one that %s', (_what, genuine) => expect(genuine()).toBe(false));
});

test('the fields to search by in Graylog are there', () => {
  const fields = new Set(
    [hostile, instanceStoppedByBen].flatMap((finding) => Object.keys(renderGelf(notificationOf(finding)))),
  );
  const named = [...page.matchAll(/`(_[a-z_]+)`/g)].map(([, name = '']) => name);
  expect(named.length).toBeGreaterThan(15);
  expect(named.filter((name) => !fields.has(name))).toEqual([]);
});
