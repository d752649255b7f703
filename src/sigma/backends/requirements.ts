import type { Expr } from '../expr.ts';
import { isDerived } from '../field.ts';
import { literalOf } from '../pattern.ts';
import { foldCase } from '../text.ts';

/**
 * Requirement is what a record must have for an expression to be true: the field's value, or one of its array elements,
 * as text and lower-cased (foldCase), is one of `values`. Fields are looked up as compileField does.
 */
export interface Requirement {
  readonly field: string;
  readonly values: readonly string[];
}

/** requirementsOf lists every requirement that an expression has: each one alone is necessary. */
export function requirementsOf(expr: Expr): readonly Requirement[] {
  switch (expr.kind) {
    case 'and':
      return expr.items.flatMap(requirementsOf);
    case 'or':
      return common(expr.items.map(requirementsOf));
    case 'field': {
      // An index looks fields up in every record, and a derived one is not in it.
      if (expr.test.kind !== 'pattern' || isDerived(expr.field)) return [];
      const literals = expr.test.patterns.map(literalOf);
      const known = literals.filter((literal) => literal !== undefined);
      // A text may also be compared with an object's or array's JSON, which is none of its elements.
      if (known.length < literals.length || known.some((literal) => /^[[{]/.test(literal))) return [];
      return [{ field: expr.field, values: [...new Set(known.map(foldCase))] }];
    }
    // A field of an element may have a name with dots, which no path from the record leads to.
    case 'element':
    case 'not':
    case 'keyword':
    case 'constant':
      return [];
    default:
      throw new Error(expr satisfies never);
  }
}

/** common joins, field by field, the requirements that every alternative has. */
function common(alternatives: readonly (readonly Requirement[])[]): readonly Requirement[] {
  const [first = [], ...rest] = alternatives;
  const fields = new Set(first.map((each) => each.field));
  return [...fields].flatMap((field): readonly Requirement[] => {
    const values = new Set<string>();
    for (const alternative of [first, ...rest]) {
      const own = alternative
        .filter((each) => each.field === field)
        .toSorted((a, b) => a.values.length - b.values.length)[0];
      if (own === undefined) return [];
      for (const value of own.values) values.add(value);
    }
    return [{ field, values: [...values] }];
  });
}
