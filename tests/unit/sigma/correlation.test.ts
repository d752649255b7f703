import { describe, expect, test } from '@jest/globals';
import { lowerRules, parseRuleFile } from '../../../src/sigma/index.ts';
import { timespanOf } from '../../../src/sigma/index.ts';

function rule(name: string, more = ''): string {
  return `title: Title of ${name}\nname: ${name}\nlogsource: { product: aws }\ndetection:\n  selection: { a: ${name} }\n  condition: selection\n${more}`;
}

function correlation(name: string, rules: string, more = '', top = ''): string {
  return `title: Title of ${name}\nname: ${name}\ncorrelation:\n  type: temporal\n  rules: [${rules}]\n  group-by: [user]\n  timespan: 5m\n${more}${top}`;
}

function lower(...texts: readonly string[]) {
  const parsed = parseRuleFile(texts.join('\n---\n'), 'rules.yml');
  const lowered = lowerRules(parsed.documents);
  return { ...lowered.ruleSet, problems: [...parsed.problems, ...lowered.problems] };
}

describe('timespans', () => {
  test.each([
    ['90s', 90_000],
    ['15m', 900_000],
    ['24h', 86_400_000],
    ['7d', 604_800_000],
    ['2w', 1_209_600_000],
    ['1M', 2_629_746_000],
    ['1y', 31_556_952_000],
    ['0m', undefined],
    ['5 m', undefined],
    ['5min', undefined],
    ['-5m', undefined],
    ['m', undefined],
    ['999999999y', undefined],
  ])('%s', (text, milliseconds) => {
    expect(timespanOf(text)).toBe(milliseconds);
  });
});

describe('what a correlation says', () => {
  test('everything is kept', () => {
    const text = correlation(
      'c',
      'one, two',
      '  condition: { gte: 2, lt: 10 }\n  aliases:\n    who: { one: user.name, two: actor }\n',
      'level: high\n',
    );
    const { correlations, problems } = lower(rule('one'), rule('two'), text);
    expect(problems).toEqual([]);
    expect(correlations).toEqual([
      {
        kind: 'correlation',
        key: 'c',
        meta: expect.objectContaining({ title: 'Title of c', level: 'high' }),
        path: 'rules.yml',
        type: 'temporal',
        rules: ['one', 'two'],
        groupBy: ['user'],
        timespanMs: 300_000,
        condition: {
          bounds: [
            { op: 'gte', value: 2 },
            { op: 'lt', value: 10 },
          ],
        },
        aliases: { who: { one: 'user.name', two: 'actor' } },
        generate: true,
      },
    ]);
  });

  test.each([
    ['an unknown type', 'type: count', 'correlation-type'],
    ['an unknown attribute', 'window: 5m', 'unknown-attribute'],
    ['a condition in words', 'condition: one and two', 'correlation-condition'],
    ['an unknown comparison', 'condition: { atleast: 5 }', 'correlation-condition'],
    ['a bound that is text', 'condition: { gte: many }', 'correlation-condition'],
    ['a percentile of something else', 'condition: { gte: 1, percentile: 50 }', 'correlation-condition'],
    ['value_sum without field', 'type: value_sum\n  condition: { gte: 1 }', 'correlation-condition'],
    ['value_sum of two fields', 'type: value_sum\n  condition: { gte: 1, field: [a, b] }', 'correlation-condition'],
    ['event_count without condition', 'type: event_count', 'correlation-condition'],
    ['aliases in a list', 'aliases: [a]', 'aliases'],
    ['generate in words', 'generate: maybe', 'generate'],
  ])('%s is refused', (_, line, code) => {
    const key = line.split(':')[0] ?? '';
    const text = correlation('c', 'one')
      .split('\n')
      .filter((each) => !each.trimStart().startsWith(`${key}:`))
      .join('\n');
    const { correlations, problems } = lower(rule('one'), `${text.trimEnd()}\n  ${line}\n`);
    expect(problems.map((problem) => problem.code)).toContain(code);
    expect(correlations).toEqual([]);
  });
});

describe('references', () => {
  test('by id, in any case', () => {
    const id = '0E95725D-7320-415d-80f7-004da920fc11';
    const { correlations, problems } = lower(rule('one', `id: ${id}\n`), correlation('c', id.toLowerCase()));
    expect(problems).toEqual([]);
    expect(correlations[0]?.rules).toEqual([id]);
  });

  test('by title, with a warning', () => {
    const { correlations, problems } = lower(rule('one'), correlation('c', 'Title of one'));
    expect(problems).toMatchObject([{ severity: 'warning', code: 'reference-by-title' }]);
    expect(correlations[0]?.rules).toEqual(['one']);
  });

  test('by a title that two rules have: refused', () => {
    const twin = rule('two').replace('Title of two', 'Title of one');
    const { correlations, problems } = lower(rule('one'), twin, correlation('c', 'Title of one'));
    expect(problems).toMatchObject([{ code: 'ambiguous-rule' }]);
    expect(correlations).toEqual([]);
  });

  test('an unknown one refuses that correlation, not the others', () => {
    const { correlations, detections, problems } = lower(
      rule('one'),
      correlation('c', 'nobody'),
      correlation('d', 'one'),
    );
    expect(problems).toMatchObject([{ severity: 'error', code: 'unknown-rule', line: 9, document: 2 }]);
    expect(correlations.map((each) => each.key)).toEqual(['d']);
    expect(detections).toHaveLength(1);
  });

  test('one to a refused rule refuses all that need it', () => {
    const bad = rule('one').replace('{ a: one }', '{ a|containz: one }');
    const { correlations, problems } = lower(bad, correlation('cc', 'one'), correlation('dd', 'cc'));
    expect(problems.map((problem) => problem.code)).toEqual(['unknown-modifier', 'refused-rule', 'refused-rule']);
    expect(correlations).toEqual([]);
  });

  test('correlations come behind what they refer to', () => {
    const { correlations } = lower(
      correlation('last', 'middle'),
      correlation('middle', 'first'),
      correlation('first', 'one'),
      rule('one'),
    );
    expect(correlations.map((each) => each.key)).toEqual(['first', 'middle', 'last']);
  });

  test('circles are refused, and what stands outside is not', () => {
    const { correlations, problems } = lower(
      rule('one'),
      correlation('aa', 'bb'),
      correlation('bb', 'cc'),
      correlation('cc', 'aa'),
      correlation('self', 'self'),
      correlation('d', 'one'),
    );
    expect(correlations.map((each) => each.key)).toEqual(['d']);
    expect(problems.filter((problem) => problem.code === 'correlation-cycle')).toHaveLength(2);
    expect(problems.every((problem) => problem.severity === 'error')).toBe(true);
  });

  test('a chain of two thousand is no trouble', () => {
    const chain = Array.from({ length: 2_000 }, (_, index) =>
      correlation(`c${index}`, index === 1_999 ? 'one' : `c${index + 1}`),
    );
    const { correlations } = lower(rule('one'), ...chain);
    expect(correlations).toHaveLength(2_000);
    expect(correlations[0]?.key).toBe('c1999');
  });

  test('an alias for a rule outside is refused', () => {
    const { problems } = lower(
      rule('one'),
      rule('two'),
      correlation('c', 'one', '  aliases: { who: { two: user } }\n'),
    );
    expect(problems).toMatchObject([{ code: 'alias-rule' }]);
  });
});

describe('ids and names', () => {
  test('two rules of one name: the second is refused', () => {
    const { detections, problems } = lower(rule('one'), rule('one').replace('a: one', 'a: other'));
    expect(detections).toHaveLength(1);
    expect(problems).toMatchObject([{ severity: 'error', code: 'duplicate-rule', document: 2 }]);
  });

  test('the same rule twice by id: the first stands for both', () => {
    const twice = rule('one', 'id: 0e95725d-7320-415d-80f7-004da920fc11\n');
    const { detections, problems } = lower(twice, twice);
    expect(detections).toHaveLength(1);
    expect(problems).toMatchObject([{ severity: 'warning', code: 'duplicate-rule' }]);
  });
});

describe('reading 15: generate is read at both places', () => {
  const raising = (...texts: readonly string[]) => {
    const { detections, correlations } = lower(...texts);
    return [...detections, ...correlations].filter((each) => each.generate).map((each) => each.key);
  };
  test.each<readonly [string, readonly string[], readonly string[]]>([
    ['a rule by itself raises findings', [rule('one')], ['one']],
    ['a rule that a correlation uses does not', [rule('one'), correlation('c', 'one')], ['c']],
    ['unless the correlation says so', [rule('one'), correlation('c', 'one', '  generate: true\n')], ['one', 'c']],
    ['or the document does', [rule('one'), correlation('c', 'one', '', 'generate: true\n')], ['one', 'c']],
    [
      'one correlation that says so is enough',
      [rule('one'), correlation('c', 'one'), correlation('d', 'one', '  generate: true\n')],
      ['one', 'c', 'd'],
    ],
    [
      'a correlation that another one uses does not',
      [rule('one'), correlation('cc', 'one'), correlation('dd', 'cc')],
      ['dd'],
    ],
    ['a refused correlation silences nothing', [rule('one'), correlation('c', 'one, nobody')], ['one']],
  ])('%s', (_, texts, keys) => {
    expect(raising(...texts)).toEqual(keys);
  });

  test('saying both is refused', () => {
    const { problems } = lower(rule('one'), correlation('c', 'one', '  generate: true\n', 'generate: false\n'));
    expect(problems).toMatchObject([{ severity: 'error', code: 'generate' }]);
  });
});

describe('filters', () => {
  const filter = (rules: string, more = 'condition: not selection', logsource = '{ product: aws }') =>
    `title: F\nlogsource: ${logsource}\nfilter:\n  rules: ${rules}\n  selection: { user: admin }\n  ${more}\n`;
  const filtered = (...texts: readonly string[]) =>
    lower(...texts)
      .detections.filter((each) => each.expr.kind === 'and')
      .map((each) => each.key);

  test.each<readonly [string, string, readonly string[]]>([
    ['by name', filter('[one]'), ['one']],
    ['by title, with a warning', filter('[Title of two]'), ['two']],
    ['any of the log source', filter('any'), ['one', 'two']],
    ['any of a log source that no rule has', filter('any', undefined, '{ product: linux }'), []],
    ['a log source more special than the rule', filter('any', undefined, '{ product: aws, service: cloudtrail }'), []],
    ['a log source in other letters', filter('any', undefined, '{ product: AWS }'), ['one', 'two']],
    ['a rule that is not there', filter('[nobody]'), []],
    ['no rule, since an emptied list must not widen an exception', filter('[]'), []],
  ])('%s', (_, text, keys) => {
    expect(filtered(rule('one'), rule('two'), text)).toEqual(keys);
  });

  test.each([
    ['an unknown rule is warned about', filter('[nobody]'), 'unknown-rule'],
    [
      'a rule of another log source is warned about',
      filter('[one]', undefined, '{ product: linux }'),
      'filter-logsource',
    ],
    ['an unknown search is refused', filter('[one]', 'condition: not selecton'), 'unknown-search'],
    ['an empty list of rules is warned about', filter('[]'), 'filter-rules'],
  ])('%s', (_, text, code) => {
    expect(lower(rule('one'), text).problems.map((problem) => problem.code)).toContain(code);
  });

  test('a refused filter leaves the rule as it is', () => {
    expect(filtered(rule('one'), filter('[one]').replace('user:', 'user|containz:'))).toEqual([]);
  });

  test('names of searches in rule and filter do not meet', () => {
    const [detection] = lower(rule('one'), filter('[one]', 'condition: not 1 of them')).detections;
    expect(detection?.expr).toMatchObject({
      kind: 'and',
      items: [
        { kind: 'field', field: 'a' },
        { kind: 'not', item: { kind: 'field', field: 'user' } },
      ],
    });
  });
});
