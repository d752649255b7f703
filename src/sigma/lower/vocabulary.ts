import { isDerived } from '../field.ts';
import { nearestOf } from '../nearest.ts';
import { quoted } from '../parse/reporter.ts';
import type { Placeholders } from './placeholders.ts';

/** Vocabulary is what rules may name beside what Sigma and the records define. */
export interface Vocabulary {
  readonly placeholders: Placeholders;
  /** Names of the fields that the caller computes, each beginning with `derived.`. */
  readonly derivedFields: ReadonlySet<string>;
}

/** unknownDerived says what is wrong with the name of a derived field; undefined for a known one, and for other fields. */
export function unknownDerived(field: string, { derivedFields }: Vocabulary): string | undefined {
  if (!isDerived(field) || derivedFields.has(field)) return undefined;
  const near = nearestOf(field, derivedFields);
  const hint = near === undefined ? `known: ${[...derivedFields].join(', ') || 'none'}` : `did you mean ${near}?`;
  return `unknown derived field ${quoted(field)}; ${hint}`;
}
