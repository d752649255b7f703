import type { Expr } from '../expr.ts';

/** fieldsOf lists the fields that an expression looks at, those that others are compared with included. */
export function fieldsOf(expr: Expr): ReadonlySet<string> {
  const fields = new Set<string>();
  const visit = (each: Expr): void => {
    switch (each.kind) {
      case 'and':
      case 'or':
        each.items.forEach(visit);
        return;
      case 'not':
        visit(each.item);
        return;
      case 'field':
        fields.add(each.field);
        if (each.test.kind === 'fieldref') fields.add(each.test.field);
        return;
      case 'keyword':
      case 'constant':
        return;
      default:
        throw new Error(each satisfies never);
    }
  };
  visit(expr);
  return fields;
}
