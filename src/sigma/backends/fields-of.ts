import type { Expr } from '../expr.ts';

/** fieldsOf lists the fields that an expression looks at, those that others are compared with included; those of an element behind its field. */
export function fieldsOf(expr: Expr): ReadonlySet<string> {
  const fields = new Set<string>();
  const visit = (each: Expr, prefix: string): void => {
    switch (each.kind) {
      case 'and':
      case 'or':
        for (const item of each.items) visit(item, prefix);
        return;
      case 'not':
        visit(each.item, prefix);
        return;
      case 'element':
        fields.add(prefix + each.field);
        visit(each.item, `${prefix}${each.field}.`);
        return;
      case 'field':
        fields.add(prefix + each.field);
        if (each.test.kind === 'fieldref') fields.add(prefix + each.test.field);
        return;
      case 'keyword':
      case 'constant':
        return;
      default:
        throw new Error(each satisfies never);
    }
  };
  visit(expr, '');
  return fields;
}
