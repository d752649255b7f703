import type { Encoding } from './encoding.ts';
import type { DatePart, NumberComparison, Pattern, Test } from '../expr.ts';

/** ModifierError is why a detection item can't be lowered; the message stands alone, for a person. */
export class ModifierError extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** Value is one value on its way through the modifiers of its field. */
export type Value =
  | { readonly kind: 'text'; readonly pattern: Pattern; readonly encoding: Encoding; readonly cased: boolean }
  | { readonly kind: 'plain'; readonly value: number | bigint | boolean | null }
  | { readonly kind: 'regex'; readonly source: string; readonly flags: string }
  | {
      readonly kind: 'fieldref';
      readonly field: string;
      readonly starts: boolean;
      readonly ends: boolean;
      readonly cased: boolean;
    }
  | {
      readonly kind: 'datepart';
      readonly part: DatePart;
      readonly value: number | undefined;
      readonly op: NumberComparison | 'eq';
    }
  | { readonly kind: 'test'; readonly test: Test; readonly negated?: boolean };

export type Text = Extract<Value, { kind: 'text' }>;

/** fail refuses the item that is being lowered. */
export function fail(code: string, message: string): never {
  throw new ModifierError(code, message);
}
