import { stripVTControlCharacters } from 'node:util';

/** wrap breaks a text between words into lines of at most `width` characters, not counting colours. A longer word stays whole. */
export function wrap(text: string, width: number): readonly string[] {
  const lengthOf = text.includes('\u001b') ? visibleLength : (part: string): number => part.length;
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && lengthOf(line) + 1 + lengthOf(word) > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

function visibleLength(text: string): number {
  return stripVTControlCharacters(text).length;
}

/** hang wraps a text and indents all lines but the first by two, so that several texts below each other stay apart. */
export function hang(text: string, width: number): readonly string[] {
  const [first = '', ...rest] = wrap(text, width - 2);
  return [first, ...rest.map((line) => `  ${line}`)];
}
