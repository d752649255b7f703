import { describe, expect, test } from '@jest/globals';
import { parseRuleFile } from '../../../../src/sigma/index.ts';
import { problemsOf } from '../rule-text.ts';
import { cpuMs } from '../../../support/cpu-time.ts';

const good = 'title: Good\nlogsource: { product: aws }\ndetection:\n  selection: { a: b }\n  condition: selection\n';

describe('a file of several documents', () => {
  test('one bad rule never hides the others', () => {
    const { documents, problems } = parseRuleFile(`${good}---\ntitle: Bad\n---\n${good}---\n`, 'rules/x.yml');
    expect(documents.map((document) => document.place)).toEqual([
      { path: 'rules/x.yml', line: 1, document: 1 },
      { path: 'rules/x.yml', line: 9, document: 3 },
    ]);
    expect(problems).toMatchObject([
      {
        path: 'rules/x.yml',
        line: 7,
        document: 2,
        severity: 'error',
        code: 'no-logic',
        message: expect.stringContaining('none of `detection`, `correlation` and `filter`'),
      },
    ]);
  });

  test('a document that is no YAML is refused alone', () => {
    const { documents, problems } = parseRuleFile(`${good}---\ntitle: "x\n---\n${good}`, 'x.yml');
    expect(documents.length).toBeGreaterThanOrEqual(1);
    expect(problems.map((problem) => problem.code)).toContain('yaml');
  });

  test('all problems of a document are named at once', () => {
    const text = 'title: X\nlevel: severe\nstatus: done\ndetection:\n  selection: {}\n  condition: selecton\n';
    expect(problemsOf(text).map(({ line, code }) => [line, code])).toEqual([
      [2, 'level'],
      [3, 'status'],
      [1, 'no-logsource'],
      [5, 'empty-search'],
      [6, 'unknown-search'],
    ]);
  });
});

describe('attributes', () => {
  test('every one is kept, also those that Sigma does not define', () => {
    const text = `${good}id: 0e95725d-7320-415d-80f7-004da920fc11
name: good_rule
level: high
status: test
description: what it is for
author: me
date: 2026-01-02
modified: 2026-01-03
tags: [attack.t1078.004]
references: [https://example.com]
falsepositives: [Unlikely]
fields: [a]
related: [{ id: 0e95725d-7320-415d-80f7-004da920fc12, type: derived }]
taxonomy: sigma
license: Apache-2.0
scope: [server]
runbook: https://example.com/runbook
nested: { list: [1, { deep: true }] }
`;
    const { documents, problems } = parseRuleFile(text, 'x.yml');
    expect(problems).toEqual([]);
    expect(documents[0]?.meta).toEqual({
      title: 'Good',
      id: '0e95725d-7320-415d-80f7-004da920fc11',
      name: 'good_rule',
      level: 'high',
      status: 'test',
      description: 'what it is for',
      author: 'me',
      date: '2026-01-02',
      modified: '2026-01-03',
      tags: ['attack.t1078.004'],
      references: ['https://example.com'],
      falsepositives: ['Unlikely'],
      fields: ['a'],
      custom: {
        related: [{ id: '0e95725d-7320-415d-80f7-004da920fc12', type: 'derived' }],
        taxonomy: 'sigma',
        license: 'Apache-2.0',
        scope: ['server'],
        runbook: 'https://example.com/runbook',
        nested: { list: [1, { deep: true }] },
      },
    });
  });

  test.each([
    ['a title that is too long', `title: ${'x'.repeat(257)}`, 'error', 'attribute-length'],
    ['a title that is a number', 'title: 5', 'error', 'attribute-type'],
    ['a level that is none', 'title: x\nlevel: severe', 'error', 'level'],
    ['a status that is none', 'title: x\nstatus: done', 'error', 'status'],
    ['a date that is none', 'title: x\ndate: 2026-13-01', 'error', 'date'],
    ['a date in the old form', 'title: x\ndate: 2026/01/02', 'warning', 'date'],
    ['a tag without namespace', 'title: x\ntags: [t1078]', 'error', 'tag'],
    ['a tag in capitals', 'title: x\ntags: [attack.T1078.004]', 'warning', 'tag'],
    ['a tag with blanks', 'title: x\ntags: [attack.Initial Access]', 'warning', 'tag'],
    ['a tag twice', 'title: x\ntags: [attack.t1078, attack.t1078]', 'error', 'duplicate-item'],
    ['an id that is no UUID', 'title: x\nid: rule-1', 'warning', 'id-not-uuid'],
    ['references left empty', 'title: x\nreferences:', 'warning', 'empty-attribute'],
    ['references that are no list', 'title: x\nreferences: https://example.com', 'warning', 'attribute-type'],
    ['a list where text belongs', 'title: x\nauthor: [a]', 'error', 'attribute-type'],
    ['a relation without id', 'title: x\nrelated: [{ type: derived }]', 'error', 'related'],
    ['a log source that is text', 'title: x\nlogsource: aws', 'error', 'logsource'],
    ['an old timeframe', 'title: x\ndetection: { s: { a: b }, condition: s, timeframe: 5m }', 'error', 'timeframe'],
    ['no condition', 'title: x\ndetection: { s: { a: b } }', 'error', 'no-condition'],
    ['a condition that is a number', 'title: x\ndetection: { s: { a: b }, condition: 1 }', 'error', 'condition'],
    [
      'a merge of YAML 1.1',
      'title: x\ndetection: { b: &b { c: d }, s: { <<: *b, a: b }, condition: s }',
      'error',
      'yaml-merge',
    ],
    ['two kinds in one', 'title: x\ncorrelation: {}', 'error', 'mixed-document'],
    ['an unknown action', 'title: x\naction: merge', 'error', 'unknown-action'],
  ])('%s', (_, head, severity, code) => {
    const rest = good
      .split('\n')
      .filter((line) => !line.startsWith('title') && !(head.includes('\nlogsource') && line.startsWith('logsource')));
    const body = head.includes('\ndetection') ? ['logsource: { product: aws }'] : rest;
    const problems = problemsOf([head, ...body].join('\n'));
    expect(problems.map((problem) => [problem.severity, problem.code])).toContainEqual([severity, code]);
  });
});

describe('old collections', () => {
  const global = 'action: global\ntitle: Shared\nlogsource: { product: aws }\n';
  const rule = (value: string) => `detection:\n  selection: { a: ${value} }\n  condition: selection\n`;

  test('global gives its attributes to what follows, with a warning', () => {
    const { documents, problems } = parseRuleFile(
      `${global}---\nid: one\n${rule('x')}---\nid: two\n${rule('y')}`,
      'x.yml',
    );
    expect(documents.map((document) => [document.meta.title, document.meta.id])).toEqual([
      ['Shared', 'one'],
      ['Shared', 'two'],
    ]);
    expect(problems.filter((problem) => problem.code === 'old-action')).toHaveLength(1);
  });

  test('reset ends it', () => {
    const { problems } = parseRuleFile(`${global}---\naction: reset\n---\n${rule('x')}`, 'x.yml');
    expect(problems.map((problem) => problem.code)).toContain('no-title');
  });

  test('repeat takes over the document before', () => {
    const { documents } = parseRuleFile(
      `${good}---\naction: repeat\ntitle: Again\ndetection:\n  selection: { c: d }\n`,
      'x.yml',
    );
    expect(documents.map((document) => document.meta.title)).toEqual(['Good', 'Again']);
    expect(documents[1]).toMatchObject({ detection: { conditions: ['selection'] } });
  });

  test('repeat with nothing before it is refused', () => {
    expect(problemsOf('action: repeat\ntitle: x')).toMatchObject([
      { severity: 'warning' },
      { severity: 'error', code: 'old-action' },
    ]);
  });
});

test('searches keep their structure', () => {
  const text = `title: x
logsource: { product: aws }
detection:
  words: [one, 2]
  map: { a: 1, b|contains: [x, y] }
  maps:
    - a: null
      b: true
    - c
  condition: 1 of them
`;
  const [document] = parseRuleFile(text, 'x.yml').documents;
  if (document?.kind !== 'detection') throw new Error('no detection');
  expect([...document.detection.searches]).toMatchObject([
    ['words', { kind: 'item', item: { field: '', modifiers: [], values: ['one', 2] } }],
    [
      'map',
      {
        kind: 'all',
        items: [
          { item: { field: 'a', values: [1] } },
          { item: { field: 'b', modifiers: ['contains'], values: ['x', 'y'] } },
        ],
      },
    ],
    ['maps', { kind: 'any', items: [{ kind: 'all' }, { item: { field: '', values: ['c'] } }] }],
  ]);
});

test('a map of very many keys is read in a time that its length bounds', () => {
  const text = Array.from({ length: 40_000 }, (_, index) => `k${index}: v`).join('\n');
  const started = cpuMs();
  expect(problemsOf(`${text}\nk7: w`)).toMatchObject([{ line: 40_001, code: 'yaml' }]);
  expect(cpuMs() - started).toBeLessThan(6_000);
});
