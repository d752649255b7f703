import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { parseRuleTest } from '../../../../src/detect/rule-test/parse-rule-test.ts';
import { runRuleTest } from '../../../../src/detect/rule-test/run-rule-test.ts';
import { lowerRules, parseRuleFile } from '../../../../src/sigma/index.ts';

const schema = JSON.parse(readFileSync('schemas/rule-test.schema.json', 'utf8')) as object;
const isValid = new Ajv2020({ strict: true, strictRequired: false }).compile(schema);
const noFile = (path: string): unknown => {
  throw new Error(`${path}: it does not exist`);
};

describe('the file', () => {
  const hit = 'matches: [{ name: a, event: { x: 1 } }]';
  const miss = 'misses: [{ name: b, event: { x: 2 } }]';
  test.each([
    ['matches and misses', `${hit}\n${miss}`, undefined],
    ['a source', `${hit}\n${miss}\nsource: { product: aws, services: [cloudtrail] }`, undefined],
    ['a stream that fires twice', `matches: [{ name: a, rule: r, events: [{ x: 1 }], fires: 2 }]\n${miss}`, undefined],
    [
      'an event repeated',
      `matches: [{ name: a, event: {}, repeat: { times: 3, every: 10s }, fires: 1 }]\n${miss}`,
      undefined,
    ],
    [
      'a repeated event in a stream',
      `matches: [{ name: a, events: [{ event: {}, repeat: { times: 2, every: 0s } }, {}] }]\n${miss}`,
      undefined,
    ],
    ['an event with a field `event`', `matches: [{ name: a, events: [{ event: login, x: 1 }] }]\n${miss}`, undefined],
    ['an event with a field `repeat`', `matches: [{ name: a, event: { event: {}, repeat: 3 } }]\n${miss}`, undefined],
    [
      'an event repeated once',
      `matches: [{ name: a, event: {}, repeat: { times: 1, every: 10s } }]\n${miss}`,
      '`times` must be',
    ],
    [
      'an event repeated for ever',
      `matches: [{ name: a, event: {}, repeat: { times: 1000000, every: 1s } }]\n${miss}`,
      '`times` must be',
    ],
    [
      'a repetition without a step',
      `matches: [{ name: a, event: {}, repeat: { times: 2 } }]\n${miss}`,
      '`every` must be',
    ],
    [
      'a step in unknown units',
      `matches: [{ name: a, event: {}, repeat: { times: 2, every: 3 weeks } }]\n${miss}`,
      '`every` must be',
    ],
    [
      'a repetition with another key',
      `matches: [{ name: a, event: {}, repeat: { times: 2, every: 1s, from: 0 } }]\n${miss}`,
      'unknown key "from"',
    ],
    [
      'a repetition that is a number',
      `matches: [{ name: a, events: [{ event: {}, repeat: 30 }] }]\n${miss}`,
      '`repeat` must be a map',
    ],
    [
      'a repeated event that is a text',
      `matches: [{ name: a, events: [{ event: login, repeat: { times: 2, every: 1s } }] }]\n${miss}`,
      '`event` must hold an event',
    ],
    [
      'a repetition of a whole stream',
      `matches: [{ name: a, events: [{}], repeat: { times: 2, every: 1s } }]\n${miss}`,
      '`repeat` repeats an `event`',
    ],
    ['no misses', hit, 'near miss'],
    ['no matches', miss, 'at least one event'],
    ['an unknown key', `${hit}\n${miss}\nmissess: []`, 'unknown key "missess"'],
    ['an unknown key of a case', `matches: [{ name: a, evnt: {} }]\n${miss}`, 'unknown key "evnt"'],
    ['a case without a name', `matches: [{ event: {} }]\n${miss}`, 'needs a `name`'],
    ['event and events', `matches: [{ name: a, event: {}, events: [{}] }]\n${miss}`, 'one of'],
    ['neither of them', `matches: [{ name: a }]\n${miss}`, 'one of'],
    ['an event that is a list', `matches: [{ name: a, event: [{}] }]\n${miss}`, 'must hold an event'],
    ['no events', `matches: [{ name: a, events: [] }]\n${miss}`, 'must hold a list of events'],
    ['fires of one event', `matches: [{ name: a, event: {}, fires: 1 }]\n${miss}`, '`fires`'],
    ['fires zero times', `matches: [{ name: a, events: [{}], fires: 0 }]\n${miss}`, '`fires`'],
    ['a miss that fires', `${hit}\nmisses: [{ name: b, events: [{}], fires: 1 }]`, '`fires`'],
    ['a source without a product', `${hit}\n${miss}\nsource: {}`, '`product`'],
    ['a list of matches that is none', `matches: { name: a }\n${miss}`, 'list of cases'],
  ])('with %s: the parser and the schema agree', (_, text, message) => {
    const { test: parsed, problems } = parseRuleTest(text, 'r.test.yml', noFile);
    expect(problems.map((problem) => problem.message).join('\n')).toContain(message ?? '');
    expect(parsed === undefined).toBe(message !== undefined);
    expect(isValid(parse(text))).toBe(message === undefined);
  });

  test.each([
    ['', 'the file is empty'],
    ['matches: [', 'yaml'],
    ['- a', 'map'],
    [`matches: [{ name: a, file: gone.json }]\nmisses: []`, 'gone.json: it does not exist'],
  ])('%j is refused with its reason', (text, message) => {
    const { test: parsed, problems } = parseRuleTest(text, 'r.test.yml', noFile);
    expect(parsed).toBeUndefined();
    expect(problems.map((problem) => `${problem.code}: ${problem.message}`).join('\n')).toContain(message);
  });

  test('a file of events is an event or a stream by what it holds', () => {
    const text = `matches: [{ name: a, file: one.json }, { name: b, file: many.json }]\n${miss}`;
    const { test: parsed } = parseRuleTest(text, 'r.test.yml', (path) =>
      path === 'one.json' ? { x: 1 } : [{ x: 1 }, { x: 2 }],
    );
    expect(parsed?.cases.slice(0, 2).map(({ stream, events }) => [stream, events.length])).toEqual([
      [false, 1],
      [true, 2],
    ]);
  });
});

describe('a repeated event', () => {
  function eventsOf(entry: string): unknown {
    const text = `matches: [{ name: a, events: [${entry}] }]\nmisses: [{ name: b, event: {} }]`;
    return parseRuleTest(text, 'r.test.yml', noFile).test?.cases[0]?.events;
  }

  test.each<readonly [string, string, unknown]>([
    [
      'each is later than the one before',
      `{ event: { eventTime: '2026-03-04T05:06:50Z', x: 1 }, repeat: { times: 3, every: 10s } }`,
      [
        { eventTime: '2026-03-04T05:06:50Z', x: 1 },
        { eventTime: '2026-03-04T05:07:00Z', x: 1 },
        { eventTime: '2026-03-04T05:07:10Z', x: 1 },
      ],
    ],
    [
      'milliseconds stay where they are written',
      `{ event: { time: '2026-03-04T05:06:50.250Z' }, repeat: { times: 2, every: 1m } }`,
      [{ time: '2026-03-04T05:06:50.250Z' }, { time: '2026-03-04T05:07:50.250Z' }],
    ],
    [
      '{n} is its number, in texts however deep, and nowhere else',
      `{ event: { eventID: 'e-{n}', a: { b: ['{n}.{n}'] }, n: 5, '{n}': x }, repeat: { times: 2, every: 0s } }`,
      [
        { eventID: 'e-1', a: { b: ['1.1'] }, n: 5, '{n}': 'x' },
        { eventID: 'e-2', a: { b: ['2.2'] }, n: 5, '{n}': 'x' },
      ],
    ],
    [
      'what stands beside it stays as it is',
      `{ event: { u: '{n}' }, repeat: { times: 2, every: 1s } }, { u: '{n}' }`,
      [{ u: '1' }, { u: '2' }, { u: '{n}' }],
    ],
  ])('%s', (_rule, entry, events) => {
    expect(eventsOf(entry)).toEqual(events);
  });

  test('a case of one repeated event is a stream', () => {
    const text = `matches: [{ name: a, event: { u: '{n}' }, repeat: { times: 2, every: 1s } }]\nmisses: [{ name: b, event: {} }]`;
    const [one] = parseRuleTest(text, 'r.test.yml', noFile).test?.cases ?? [];
    expect(one).toMatchObject({ stream: true, events: [{ u: '1' }, { u: '2' }] });
  });
});

const rule = `
title: Failed
name: failed
logsource: { product: aws, service: cloudtrail }
detection:
  a: { outcome: failure }
  condition: a
---
title: Guessing
name: guessing
correlation: { type: event_count, rules: [failed], group-by: [user], timespan: 1m, condition: { gte: 2 } }
`;
const at = (second: number, user: string, outcome = 'failure'): string =>
  `{ eventTime: '2026-03-04T05:06:0${second}Z', user: ${user}, outcome: ${outcome} }`;

async function outcomes(cases: string): Promise<readonly string[]> {
  const { documents } = parseRuleFile(rule, 'r.yml');
  const { test: parsed, problems } = parseRuleTest(cases, 'r.test.yml', noFile);
  if (parsed === undefined) throw new Error(JSON.stringify(problems));
  const results = await runRuleTest(parsed, 'r.yml', lowerRules(documents).ruleSet);
  return results.map(({ passed, reason }) => (passed ? 'passed' : (reason ?? 'failed')));
}

describe('a run', () => {
  const miss = `misses: [{ name: m, rule: failed, event: { outcome: success } }]`;
  const twice = `[${at(1, 'a')}, ${at(2, 'a')}]`;
  test.each([
    ['an event that matches', `matches: [{ name: a, rule: failed, event: { outcome: failure } }]`, 'passed'],
    [
      'an event that does not',
      `matches: [{ name: a, rule: failed, event: { outcome: success } }]`,
      '"Failed" missed the event',
    ],
    ['an event of the only detection', `matches: [{ name: a, event: { outcome: failure } }]`, 'passed'],
    ['a stream that fires', `matches: [{ name: a, events: ${twice} }]`, 'passed'],
    ['a stream that fires once, as said', `matches: [{ name: a, events: ${twice}, fires: 1 }]`, 'passed'],
    [
      'a stream that fires less often',
      `matches: [{ name: a, events: ${twice}, fires: 2 }]`,
      'fired 1 times, expected 2 times',
    ],
    [
      'a stream of two groups',
      `matches: [{ name: a, events: [${at(1, 'a')}, ${at(2, 'b')}] }]`,
      'fired 0 times, expected at least once; events matched by failed: 2 of 2',
    ],
    [
      'an event delivered twice',
      `matches: [{ name: a, events: [{ eventID: e, eventTime: '2026-03-04T05:06:01Z', user: a, outcome: failure }, { eventID: e, eventTime: '2026-03-04T05:06:01Z', user: a, outcome: failure }] }]`,
      'fired 0 times',
    ],
    ['a stream without times', `matches: [{ name: a, events: [{ outcome: failure }] }]`, 'event 0 has no time'],
    [
      'one event for a correlation',
      `matches: [{ name: a, rule: guessing, event: { outcome: failure } }]`,
      'is a correlation: give `events`',
    ],
    ['fires of a detection', `matches: [{ name: a, rule: failed, events: ${twice}, fires: 1 }]`, 'is a detection rule'],
    ['a rule that is not there', `matches: [{ name: a, rule: other, event: {} }]`, 'no single rule called "other"'],
    [
      "another source than the rule's",
      `source: { product: linux }\nmatches: [{ name: a, event: { outcome: failure } }]`,
      "the test's source is not the rule's",
    ],
  ])('of %s', async (_, matches, outcome) => {
    const [first] = await outcomes(`${matches}\n${miss}`);
    expect(first).toContain(outcome);
  });

  test('a near miss that matches fails, and says why', async () => {
    const { documents } = parseRuleFile(rule, 'r.yml');
    const cases = `matches: [{ name: a, event: { outcome: failure } }]\nmisses: [{ name: b, event: { outcome: failure } }, { name: c, events: ${twice} }]`;
    const { test: parsed } = parseRuleTest(cases, 'r.test.yml', noFile);
    if (parsed === undefined) throw new Error('not parsed');
    const [, miss, stream] = await runRuleTest(parsed, 'r.yml', lowerRules(documents).ruleSet);
    expect(miss).toMatchObject({
      passed: false,
      reason: '"Failed" matched the event',
      explanations: [{ event: 0, explanation: { kind: 'field', field: 'outcome', result: true, seen: 'failure' } }],
    });
    expect(stream).toMatchObject({ passed: false, reason: expect.stringContaining('fired 1 times, expected never') });
  });
});
