import { describe, expect, test } from '@jest/globals';
import {
  expiryOf,
  itemKinds,
  keyOf,
  leadingKeys,
  partitionOf,
  type Key,
} from '../../../../src/aws/state-table/keys.ts';

// Deployed stages hold items by these keys.
test.each<[string, Key, Key]>([
  [
    'a delivery',
    keyOf('seen', { finding: '0a1b', receiver: 'slack-security' }),
    { pk: 'seen#0a1b', sk: 'slack-security' },
  ],
  ['a group', keyOf('group', { group: '77f0' }), { pk: 'group#77f0', sk: 'first' }],
  ['the state of a group', keyOf('groupState', { group: '77f0' }), { pk: 'group#77f0', sk: 'state' }],
  ['the open generation of a group', keyOf('openGroup', { base: '12ab' }), { pk: 'group#12ab', sk: 'open' }],
  ['a member', keyOf('member', { group: '77f0', shard: 7, finding: 'ff' }), { pk: 'member#77f0#7', sk: 'ff' }],
  [
    'a due group',
    keyOf('due', { receiver: 'sns', shard: 0, time: '001700000000000', group: '77f0', id: 'x' }),
    { pk: 'due#sns#0', sk: '001700000000000#77f0#x' },
  ],
  ['a receiver with due groups', keyOf('dueReceiver', { receiver: 'sns' }), { pk: 'due#receivers', sk: 'sns' }],
  [
    'a match of a correlation',
    keyOf('window', { group: 'a1', time: '2026-03-11T10:00:00.000Z', match: 'b2' }),
    { pk: 'window#a1', sk: '2026-03-11T10:00:00.000Z#b2' },
  ],
  ['a name with braces and dollars', keyOf('circuit', { receiver: '{x}$&' }), { pk: 'circuit#{x}$&', sk: 'circuit' }],
])('keyOf makes the key of %s', (_what, key, expected) => {
  expect(key).toEqual(expected);
});

test('partitionOf makes the partition of a query', () => {
  expect(partitionOf('tally', { day: '2026-03-11', shard: 3 })).toBe('tally#2026-03-11#3');
});

test('expiryOf counts in seconds from the moment that the kind names, rounded up', () => {
  expect(expiryOf('circuit', 1_700_000_000_001)).toBe(1_700_000_001 + 7 * 86_400);
  expect(expiryOf('throttle', 1_700_000_000_000)).toBe(1_700_000_000);
});

test('leadingKeys names each prefix once', () => {
  expect(leadingKeys('seen', 'group', 'groupState', 'due', 'dueReceiver')).toEqual(['due#*', 'group#*', 'seen#*']);
});

describe.each(Object.entries(itemKinds))('the items of %s', (_name, { pk }) => {
  test('lie in partitions of a prefix, by which IAM grants them', () => {
    expect(pk).toMatch(/^[a-z]+#./);
  });
});
