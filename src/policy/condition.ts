import { elementsOf, textsOf, valuesOf } from './elements.ts';

/**
 * Condition is one operator on one key; one of its values must fit.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
export interface Condition {
  readonly comparison: 'text' | 'pattern' | 'address' | 'bool' | 'null' | 'other';
  /** `StringNotEquals` and its kin: none of the values may fit. */
  readonly negated: boolean;
  /** What holds when the request lacks the key: `…IfExists` and `ForAllValues:` hold then. */
  readonly whenAbsent: boolean;
  /** In lower case, for example `aws:principalorgid`. */
  readonly key: string;
  readonly values: readonly string[];
}

const comparisons: Readonly<Record<string, Condition['comparison']>> = {
  stringequals: 'text',
  stringequalsignorecase: 'text',
  stringlike: 'pattern',
  arnequals: 'pattern',
  arnlike: 'pattern',
  ipaddress: 'address',
  bool: 'bool',
  null: 'null',
};

/** readConditions reads the values of Condition: operator, then key, then one value or a list. */
export function readConditions(elements: readonly unknown[]): readonly Condition[] {
  return valuesOf(elements).flatMap((block) =>
    [...(elementsOf(block) ?? [])].flatMap(([operator, keyBlocks]) =>
      valuesOf(keyBlocks).flatMap((keys) =>
        [...(elementsOf(keys) ?? [])].map(([key, values]) => conditionOf(operator, key, textsOf(values))),
      ),
    ),
  );
}

function conditionOf(operator: string, key: string, values: readonly string[]): Condition {
  const quantifier = /^(forallvalues|foranyvalue):/.exec(operator)?.[1];
  const bare = quantifier === undefined ? operator : operator.slice(quantifier.length + 1);
  const ifExists = bare.endsWith('ifexists');
  const name = ifExists ? bare.slice(0, -'ifexists'.length) : bare;
  const negated = /^(string|arn|numeric|date)not|^notipaddress$/.test(name);
  const positive = name === 'notipaddress' ? 'ipaddress' : name.replace(/^(string|arn|numeric|date)not/, '$1');
  return {
    comparison: comparisons[positive] ?? 'other',
    negated,
    // A negated operator holds for a key that is not there; `ForAnyValue:` wants a value that is.
    whenAbsent: ifExists || quantifier === 'forallvalues' || (negated && quantifier !== 'foranyvalue'),
    key,
    values,
  };
}
