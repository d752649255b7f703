import { describe, expect, test } from '@jest/globals';
import { quote, unquoted } from '../../../src/ingest/ingested.ts';
import { errorFacts } from '../../../src/runtime/logger.ts';

const secret = 'hunter2-do-not-log-me';

function parsing(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    return error;
  }
}

describe('what a log says of an error', () => {
  test.each<[string, unknown]>([
    ['JSON that is none, which V8 quotes', parsing(`{"password": ${secret}`)],
    ['the same as a cause', new Error('the body is not JSON', { cause: parsing(secret) })],
    [
      'an item that a library hangs on its error',
      Object.assign(new Error('refused'), { Item: { user: { S: secret } } }),
    ],
    ['the input that a check hangs on its error', Object.assign(new Error('wrong'), { issues: [{ input: secret }] })],
    ['a cause that is no error', new Error('failed', { cause: { body: secret } })],
    ['a text that was thrown', secret],
    ['an object that was thrown', { secret }],
  ])('holds nothing of %s', (_what, error) => {
    expect(JSON.stringify(errorFacts(error))).not.toContain(secret);
  });

  test('says name, message, place, code, reason, the request of AWS, and causes, four deep', () => {
    const inner = Object.assign(new Error('no connection'), { code: 'ECONNREFUSED' });
    const error = Object.assign(new TypeError('not delivered', { cause: inner }), {
      reason: 'unreachable',
      $metadata: { requestId: '6f1c0b2e', httpStatusCode: 500 },
    });
    expect(errorFacts(error)).toMatchObject({
      name: 'TypeError',
      message: 'not delivered',
      reason: 'unreachable',
      requestId: '6f1c0b2e',
      stack: expect.arrayContaining([expect.stringMatching(/^at .*error-facts\.test\.ts:\d+/)]),
      cause: { name: 'Error', message: 'no connection', code: 'ECONNREFUSED' },
    });
    const endless = new Error('again');
    endless.cause = endless;
    expect(JSON.stringify(errorFacts(endless)).match(/"again"/g)).toHaveLength(5);
  });
});

describe('a reason without what it quotes', () => {
  test.each([
    [`not JSON: it begins with ${quote(`${secret} "said" \\`)}`, 'not JSON: it begins with "…"'],
    [`record ${quote('id-1')}: time ${quote(secret)}`, 'record "…": time "…"'],
    ['nothing is quoted', 'nothing is quoted'],
    ['one " alone stays', 'one " alone stays'],
  ])('%s', (reason, expected) => {
    expect(unquoted(reason)).toBe(expected);
  });
});
