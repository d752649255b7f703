import { expect, test } from '@jest/globals';
import { problemsOf, ruleText } from './rule-text.ts';

/** What writers get wrong first, and that they are told what to do about it. */
test.each<readonly [string, string, string]>([
  [
    'a modifier in other letters',
    ruleText('selection: { a|Contains: x }'),
    '"a|Contains": unknown modifier "Contains"; did you mean contains?',
  ],
  ['a misspelled modifier', ruleText('selection: { a|startwith: x }'), 'did you mean startswith?'],
  ["another language's modifier", ruleText('selection: { a|regex: x }'), 'did you mean re?'],
  ['a modifier like none', ruleText('selection: { a|frobnicate: x }'), 'there are all, neq, contains'],
  [
    'cidr behind another modifier',
    ruleText('selection: { a|contains|cidr: 10.0.0.0/8 }'),
    'cidr must be the first modifier',
  ],
  [
    'operators in capitals',
    ruleText('selection: { a: x }\nf: { b: y }\ncondition: selection AND NOT f'),
    'operators are written in lower case',
  ],
  [
    'a star without a quantity',
    ruleText('selection: { a: x }\ncondition: selection*'),
    'write `1 of selection*` or `all of selection*`',
  ],
  ['a colon in a text', 'title: Bad: very\nlogsource: {}\n', 'a text with a colon and a blank in it must be quoted'],
  ['a tab', 'title: x\nlogsource:\n\tproduct: aws\n', 'use blanks'],
  [
    'a list where a text belongs',
    `${ruleText('selection: { a: x }')}author: [me, you]\n`,
    'author must be text, not a list',
  ],
  ['a number where a text belongs', `${ruleText('selection: { a: x }')}author: 7\n`, 'author must be text: quote it'],
])('%s', (_, text, message) => {
  expect(
    problemsOf(text)
      .map((problem) => problem.message)
      .join('\n'),
  ).toContain(message);
});

test('a search that could not be lowered is not also said to be selected by nothing', () => {
  expect(problemsOf(ruleText('selection: { a|containz: x }\ncondition: 1 of sel*')).map(({ code }) => code)).toEqual([
    'unknown-modifier',
  ]);
});
