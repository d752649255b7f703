import { describe as group, expect, test } from '@jest/globals';
import { describe } from '../../../../src/describe/describe.ts';
import type { Fields, LogRecord } from '../../../../src/model/log-record.ts';

const seen = { action: 'endpoint checked', endpoint: 'shop', url: 'https://shop.example.com/' };

function probed(fields: Fields): LogRecord {
  return {
    id: 'a29e74bccd8e7d3709df375350653ab1',
    time: '2026-03-11T09:00:00.000Z',
    source: { product: 'trailwatch', services: ['probe'], category: 'availability' },
    fields,
    origin: { path: 'probe', index: 0 },
    account: '111122223333',
    region: 'eu-west-1',
  };
}

test('what a probe saw is about the endpoint, and done by nobody known', () => {
  expect(describe(probed({ ...seen, outcome: 'success', up: true }))).toMatchObject({
    account: '111122223333',
    region: 'eu-west-1',
    service: 'probe',
    action: 'endpoint checked',
    actor: { kind: 'anonymous', name: 'probe' },
    targets: [
      { kind: 'endpoint', id: 'shop' },
      { kind: 'address', id: 'https://shop.example.com/' },
    ],
    outcome: { kind: 'success' },
  });
});

group('how it ended', () => {
  test.each([
    ['no answer', { outcome: 'failure', up: false, failure: 'timeout', reason: 'late' }, 'timeout', 'late'],
    ['a wrong status', { outcome: 'failure', up: false, status: 503, reason: 'not 200' }, 'status 503', 'not 200'],
    ['a wrong body', { outcome: 'failure', up: true, status: 200, reason: 'no text' }, 'wrong body', 'no text'],
    ['fields that are not what they should be', { outcome: 'failure', up: [], failure: {} }, 'wrong body', undefined],
  ])('%s', (_what, fields, code, message) => {
    const { outcome } = describe(probed({ ...seen, ...fields }));
    expect(outcome).toEqual({ kind: 'failure', code, ...(message !== undefined && { message }) });
  });
});
