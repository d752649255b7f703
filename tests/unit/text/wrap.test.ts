import { expect, test } from '@jest/globals';
import { hang, wrap } from '../../../src/text/wrap.ts';

test.each([
  ['a text that fits', 'one two', 7, ['one two']],
  ['a text that does not', 'one two three', 8, ['one two', 'three']],
  ['a word that is longer than a line', 'a longestword b', 4, ['a', 'longestword', 'b']],
  ['nothing', '', 4, ['']],
  ['colours as if they were not there', '\u001b[1mone\u001b[22m two', 7, ['\u001b[1mone\u001b[22m two']],
])('wraps %s', (_what, text, width, lines) => {
  expect(wrap(text, width)).toEqual(lines);
});

test('hangs all lines but the first', () => {
  expect(hang('one two three four', 11)).toEqual(['one two', '  three', '  four']);
});
