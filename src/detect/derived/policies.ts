import type { Fields } from '../../model/log-record.ts';
import { parsePolicy, type PolicyDocument } from '../../policy/index.ts';

/** Parameters that hold a policy have the word in their name, but for these: SNS names it beside, an organization says content. */
const otherNames = new Set(['attributevalue', 'content']);

// A request is at most a few hundred kilobytes; these bounds are for records made to be larger.
const maxDepth = 5;
const maxValues = 2_000;
const maxPolicies = 20;

/** policiesIn finds the policies among a call's parameters, as objects or as text, whatever the service calls them. */
export function policiesIn({ requestParameters }: Fields): readonly PolicyDocument[] {
  const found: PolicyDocument[] = [];
  let left = maxValues;
  const look = (value: unknown, mayBePolicy: boolean, depth: number): void => {
    if (left-- <= 0 || depth > maxDepth || found.length >= maxPolicies) return;
    if (mayBePolicy) {
      const parsed = parsePolicy(value);
      if (parsed.ok) {
        found.push(parsed.document);
        return;
      }
    }
    if (typeof value !== 'object' || value === null) return;
    const isList = Array.isArray(value);
    for (const [name, inner] of Object.entries(value)) look(inner, isList ? mayBePolicy : isNamedSo(name), depth + 1);
  };
  look(requestParameters, false, 0);
  return found;
}

function isNamedSo(name: string): boolean {
  const lower = name.toLowerCase();
  return lower.includes('polic') || otherNames.has(lower);
}
