import type { CharSet } from './char-set.ts';
import { RegexError } from './regex-error.ts';

/** What must hold between two characters; several bits must all hold. */
export const at = {
  textStart: 1,
  textEnd: 2,
  lineStart: 4,
  lineEnd: 8,
  /** The end of the text, or the newline that is its last character. */
  finalEnd: 16,
  wordEdge: 32,
  noWordEdge: 64,
} as const;

/** RegexNode is a parsed regular expression. */
export type RegexNode =
  | { readonly kind: 'empty' }
  | { readonly kind: 'chars'; readonly set: CharSet }
  | { readonly kind: 'assert'; readonly condition: number }
  | { readonly kind: 'sequence' | 'choice'; readonly items: readonly RegexNode[] }
  | { readonly kind: 'repeat'; readonly item: RegexNode; readonly min: number; readonly max: number | undefined };

const maxSize = 5_000;

/** sizeOf counts the characters of an expression with its repetitions written out; throws when there are too many. */
export function sizeOf(node: RegexNode): number {
  const size = measure(node);
  if (size > maxSize) throw new RegexError(`it is too large: its counted repetitions make more than ${maxSize} places`);
  return size;
}

function measure(node: RegexNode): number {
  switch (node.kind) {
    case 'empty':
    case 'assert':
      return 0;
    case 'chars':
      return 1;
    case 'sequence':
    case 'choice':
      return node.items.reduce((sum, item) => sum + measure(item), 0);
    case 'repeat':
      return measure(node.item) * Math.max(1, node.max ?? node.min);
    default:
      throw new Error(node satisfies never);
  }
}
