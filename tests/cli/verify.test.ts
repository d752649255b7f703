import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { deliver, digestKey, logKey, signingKey } from '../unit/archive/signed-trail.ts';
import { commandLine, root } from './trailwatch.ts';

const key = signingKey();
let folder: string;
const at = (name: string): string => join(folder, name);

function write(name: string, content: string | Buffer): void {
  mkdirSync(dirname(at(name)), { recursive: true });
  writeFileSync(at(name), content);
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'trailwatch-verify-'));
  for (const [path, { content }] of deliver([
    { files: 2, key },
    { files: 1, key },
  ])) {
    write(`intact/${path}`, content);
    if (path !== logKey(0, 1)) write(`deleted/${path}`, content);
    if (!path.includes('Digest')) write(`no-digests/${path}`, content);
    write(`damaged/${path}`, path === digestKey(1) ? content.subarray(0, 30) : content);
  }
  const { fingerprint, value } = key.publicKey;
  const list = { PublicKeyList: [{ Fingerprint: fingerprint, Value: Buffer.from(value).toString('base64') }] };
  write('keys.json', JSON.stringify(list));
  write('no-keys.json', '{"PublicKeyList":[{"Value":1}]}');
  mkdirSync(at('empty'));
});

afterAll(() => rmSync(folder, { recursive: true }));

describe('trailwatch verify', () => {
  test.each([
    ['an intact copy', ['intact'], 0, 'Intact: 3 log files in 2 digests, no signatures checked'],
    ['an intact copy, with public keys', ['intact', '--public-keys', 'keys.json'], 0, '1 of 2 signatures checked'],
    ['an intact copy that proves not enough for --strict', ['intact', '--strict'], 1, 'Intact'],
    ['a deleted file', ['deleted'], 1, 'Not intact: 1 object changed since CloudTrail delivered it'],
    ['files without digests', ['no-digests'], 1, 'Not proven: no digests found'],
    ['a damaged digest', ['damaged'], 1, 'digest-unreadable'],
    ['a day of which there is nothing', ['intact', '--from', '2026-03-12', '--to', '2026-03-12'], 1, '1 gap'],
    ['an empty folder', ['empty'], 2, 'no CloudTrail files found'],
    ['a folder that is not there', ['nowhere'], 2, 'folder not found'],
    ['a file', ['keys.json'], 2, 'expected a folder, got a file'],
    [
      'a file of keys that is none',
      ['intact', '--public-keys', 'no-keys.json'],
      2,
      'key 1: expected Fingerprint and Value',
    ],
    ['a file of keys that is not there', ['intact', '--public-keys', 'nowhere.json'], 2, 'nowhere.json'],
  ])('%s', async (_what, args, code, text) => {
    const ended = await commandLine(['verify', ...args.map((arg) => (/^(--|\d)/.test(arg) ? arg : at(arg)))]);
    expect(ended.stdout + ended.stderr).toContain(text);
    expect(ended.code).toBe(code);
  });

  test('names what is wrong with its key and reason, as text and as JSON', async () => {
    const text = await commandLine(['verify', at('deleted')]);
    expect(text.stdout).toContain(`file-missing  ${logKey(0, 1)}\n    is missing`);
    const json = JSON.parse((await commandLine(['verify', at('deleted'), '--format', 'json'])).stdout) as unknown;
    expect(json).toMatchObject({
      intact: false,
      days: [{ day: '2026-03-11', verdict: 'not intact', start: '2026-03-11T00:00:00Z', end: '2026-03-11T02:00:00Z' }],
      problems: [{ kind: 'file-missing', key: logKey(0, 1), account: '111122223333', region: 'eu-west-1' }],
    });
  });

  test('the sample archive: what its one digest names is intact, the rest lies outside', async () => {
    const ended = await commandLine(['verify', join(root, 'events/archive'), '--region', 'eu-west-1']);
    expect(ended.stdout).toContain('Intact: 2 log files in 1 digest');
    expect(ended.stdout).toContain('outside the time that digests cover');
    expect(ended.code).toBe(0);
  });
});
