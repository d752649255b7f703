import type { Expr } from '../expr.ts';

export type Leaf = Extract<Expr, { kind: 'field' | 'keyword' | 'element' | 'constant' }>;

/** Literal is a leaf that must hold, or must not. */
export interface Literal {
  readonly leaf: Leaf;
  readonly negated: boolean;
}

/**
 * conjunctionsOf writes an expression as alternatives, each a list of literals that must hold together. Undefined when
 * there would be more than `limit` of them.
 */
export function conjunctionsOf(expr: Expr, limit = 500): readonly (readonly Literal[])[] | undefined {
  return alternatives(expr, false, limit);
}

type Alternatives = readonly (readonly Literal[])[];

function alternatives(expr: Expr, negated: boolean, limit: number): Alternatives | undefined {
  switch (expr.kind) {
    case 'not':
      return alternatives(expr.item, !negated, limit);
    case 'and':
    case 'or':
      return (expr.kind === 'and') === negated ? anyOf(expr.items, negated, limit) : allOf(expr.items, negated, limit);
    case 'field':
    case 'keyword':
    case 'element':
    case 'constant':
      return [[{ leaf: expr, negated }]];
    default:
      throw new Error(expr satisfies never);
  }
}

function anyOf(items: readonly Expr[], negated: boolean, limit: number): Alternatives | undefined {
  const result: (readonly Literal[])[] = [];
  for (const item of items) {
    const next = alternatives(item, negated, limit);
    if (next === undefined || result.length + next.length > limit) return undefined;
    result.push(...next);
  }
  return result;
}

function allOf(items: readonly Expr[], negated: boolean, limit: number): Alternatives | undefined {
  let result: Alternatives = [[]];
  for (const item of items) {
    const next = alternatives(item, negated, limit);
    if (next === undefined || result.length * next.length > limit) return undefined;
    result = result.flatMap((left) => next.map((right) => [...left, ...right]));
  }
  return result;
}
