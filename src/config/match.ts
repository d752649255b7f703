import * as v from 'valibot';
import { labelNames, valueProblem, type LabelName, type Match } from '../notify/settings.ts';
import { object, text } from './schema.ts';

/** match is a test of a finding's labels: labels and their values, at least one. */
export const match = v.pipe(
  object(Object.fromEntries(labelNames.map((name) => [name, v.optional(valuesOf(name))]))),
  v.check((labels) => Object.keys(labels).length > 0, `is empty: name at least one of ${labelNames.join(', ')}`),
  v.transform((labels): Match => labels as Match),
);

/** valuesOf is a value of a label, or a list of values. */
export function valuesOf(label: LabelName) {
  const value = v.pipe(
    text(),
    v.rawCheck(({ dataset, addIssue }) => {
      const problem = dataset.typed ? valueProblem(label, dataset.value) : undefined;
      if (problem !== undefined) addIssue({ message: problem });
    }),
  );
  return v.pipe(
    v.unknown(),
    v.transform((given) => (Array.isArray(given) ? given : [given])),
    v.array(value),
    v.minLength(1, 'must be a value or a list of values'),
  );
}
