import { describe, expect, test } from '@jest/globals';
import { evidenceOf, explainMatch } from '../../../../src/sigma/match.ts';
import { refusedBy, wantedBy } from '../../../../src/sigma/explain/test-words.ts';
import { exprOf } from '../rule-text.ts';

const rule = `selection:
  eventName: [CreateUser, DeleteUser]
  userIdentity.type: Root
other: { sourceIPAddress|startswith: '10.' }
filter: { userAgent|contains: console }
condition: (selection or other) and not filter`;
const event = {
  eventName: 'createuser',
  userIdentity: { type: 'Root' },
  sourceIPAddress: '1.2.3.4',
  userAgent: 'aws-cli',
};

test('an explanation has a result, the value seen and the value wanted at every leaf', () => {
  expect(explainMatch(exprOf(rule), event)).toEqual({
    kind: 'and',
    result: true,
    items: [
      {
        kind: 'or',
        result: true,
        items: [
          {
            kind: 'and',
            result: true,
            items: [
              {
                kind: 'field',
                field: 'eventName',
                result: true,
                seen: 'createuser',
                wanted: 'is one of "CreateUser", "DeleteUser"',
              },
              { kind: 'field', field: 'userIdentity.type', result: true, seen: 'Root', wanted: 'is "Root"' },
            ],
          },
          { kind: 'field', field: 'sourceIPAddress', result: false, seen: '1.2.3.4', wanted: 'starts with "10."' },
        ],
      },
      {
        kind: 'not',
        result: true,
        item: { kind: 'field', field: 'userAgent', result: false, seen: 'aws-cli', wanted: 'contains "console"' },
      },
    ],
  });
});

describe('evidence', () => {
  test('is only what made it true', () => {
    expect(evidenceOf(exprOf(rule), event)).toEqual([
      { field: 'eventName', value: 'createuser', wanted: 'is one of "CreateUser", "DeleteUser"' },
      { field: 'userIdentity.type', value: 'Root', wanted: 'is "Root"' },
      { field: 'userAgent', value: 'aws-cli', wanted: 'does not contain "console"' },
    ]);
  });

  test('is none when the rule is not true', () => {
    expect(evidenceOf(exprOf(rule), { ...event, userAgent: 'console' })).toEqual([]);
  });

  test('of an array is the element that holds', () => {
    expect(evidenceOf(exprOf('selection: { a.b: x }'), { a: [{ b: 'y' }, { b: 'X' }] })).toEqual([
      { field: 'a.b', value: 'X', wanted: 'is "x"' },
    ]);
  });

  test('is cut where it is long, between characters', () => {
    const [evidence] = evidenceOf(exprOf('selection: { a|exists: true }'), {
      a: `${'x'.repeat(499)}😀${'y'.repeat(600)}`,
    });
    expect(evidence?.value).toBe(`${'x'.repeat(499)}…`);
  });

  test('of a missing field is nothing to show', () => {
    expect(evidenceOf(exprOf('selection: { a: null, b: x }'), { b: 'x' })).toEqual([
      { field: 'b', value: 'x', wanted: 'is "x"' },
    ]);
  });
});

describe('what a test wants, and what a negated one refuses, in words', () => {
  const ten = Array.from({ length: 10 }, (_, index) => `v${index}`);
  test.each([
    ['a: x', 'is "x"', 'is not "x"'],
    ["a: ''", 'is ""', 'is not ""'],
    ["a: '*'", 'is any text', 'is not text'],
    ['a|endswith: x', 'ends with "x"', 'does not end with "x"'],
    ['a|contains: [x, y]', 'contains one of "x", "y"', 'contains none of "x", "y"'],
    ["a: 'x*y?z'", 'is like x*y?z', 'is not like x*y?z'],
    ["a: ['x*', y, 'z*']", 'starts with one of "x", "z" or is "y"', 'starts with none of "x", "z" and is not "y"'],
    ['a|cased: X', 'is "X" (case counts)', 'is not "X" (case counts)'],
    ['a: [1, 2]', 'is 1', 'is not 1'],
    ['a|gte: 5', '≥ 5', 'is not ≥ 5'],
    ["a|re|i: '^x'", 'matches /^x/i', 'does not match /^x/i'],
    ['a|cidr: 10.0.0.0/8', 'is in 10.0.0.0/8', 'is not in 10.0.0.0/8'],
    ["a|cidr: [10.0.0.0/8, 'fd00::/8']", 'is in one of 10.0.0.0/8, fd00::/8', 'is in none of 10.0.0.0/8, fd00::/8'],
    ['a: null', 'is null or missing', 'is neither null nor missing'],
    ['a|exists: true', 'exists', 'is missing'],
    ['a|fieldref: b', 'is the value of b', 'is not the value of b'],
    ['a|fieldref|startswith: b', 'starts with the value of b', 'does not start with the value of b'],
    ['a|hour|lt: 6', 'hour < 6', 'hour is not < 6'],
    [
      `a: [${ten.join(', ')}]`,
      'is one of "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7" and 2 more',
      'is none of "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7" and 2 more',
    ],
  ])('%s', (item, wanted, refused) => {
    const expr = exprOf(`selection:\n  ${item}`);
    const leaf = expr.kind === 'or' ? expr.items[0] : expr;
    if (leaf?.kind !== 'field') throw new Error('no field');
    expect([wantedBy(leaf.test), refusedBy(leaf.test)]).toEqual([wanted, refused]);
  });
});
