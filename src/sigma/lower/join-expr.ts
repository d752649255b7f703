import type { Expr } from '../expr.ts';

/** together joins expressions; one stands for itself. */
export function together(kind: 'and' | 'or', items: readonly Expr[]): Expr {
  const flat = items.flatMap((item) => (item.kind === kind ? item.items : [item]));
  const [first] = flat;
  return flat.length === 1 && first !== undefined ? first : { kind, items: flat };
}
