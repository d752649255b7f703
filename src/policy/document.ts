import { readConditions, type Condition } from './condition.ts';
import { elementsOf, textsOf, valuesOf } from './elements.ts';
import { readPrincipals, type Principals } from './principal.ts';

/**
 * Statement is one statement of a policy with every list spelled as a list. An element that the policy leaves out is undefined.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_statement.html
 */
export interface Statement {
  readonly effect: 'allow' | 'deny';
  readonly principals?: Principals;
  readonly notPrincipals?: Principals;
  /** Patterns in lower case: IAM compares actions without case. */
  readonly actions?: readonly string[];
  readonly notActions?: readonly string[];
  readonly resources?: readonly string[];
  readonly notResources?: readonly string[];
  /** All of them must hold. */
  readonly conditions: readonly Condition[];
}

export interface PolicyDocument {
  readonly statements: readonly Statement[];
}

/** ParsedPolicy is a policy, or the reason why the value is not one. */
export type ParsedPolicy =
  { readonly ok: true; readonly document: PolicyDocument } | { readonly ok: false; readonly reason: string };

/** Characters of policy text that are read. AWS's largest policies (SCPs, trust policies, bucket policies) hold 20 KB; CloudTrail's records 256 KB. */
const maxText = 256 * 1024;

/** IAM URL-encodes documents in its answers, and some callers send JSON text within JSON text. */
const maxWrappings = 3;

/**
 * parsePolicy reads a policy as CloudTrail records it: an object, JSON text, URL-encoded JSON text. The order and the case of
 * its elements' names change nothing. What is no statement in it (a string among the statements, an unknown effect) is left
 * out: IAM refuses such a policy as a whole, so no call that succeeded holds one.
 */
export function parsePolicy(value: unknown): ParsedPolicy {
  const object = typeof value === 'string' ? fromText(value) : value;
  if (typeof object === 'string') return { ok: false, reason: object };
  const elements = elementsOf(object);
  if (elements === undefined) return { ok: false, reason: 'expected a policy (an object, or JSON text of one)' };
  const statements = elements.get('statement');
  if (statements === undefined) return { ok: false, reason: 'expected a policy, got an object without Statement' };
  return { ok: true, document: { statements: valuesOf(statements).flatMap(readStatement) } };
}

/** Gives the object that the text holds, or the reason why it holds none. */
function fromText(text: string): object | string {
  if (text.length > maxText) return `policy text of ${text.length} characters; the most that is read is ${maxText}`;
  let value: unknown = text;
  for (let layer = 0; layer < maxWrappings && typeof value === 'string'; layer += 1) {
    const trimmed: string = value.trim();
    try {
      value = JSON.parse(trimmed.startsWith('%') ? decodeURIComponent(trimmed) : trimmed);
    } catch (cause) {
      return `policy text is not JSON: ${cause instanceof Error ? cause.message : String(cause)}`;
    }
  }
  return typeof value === 'object' && value !== null ? value : 'policy text holds no object';
}

function readStatement(value: unknown): readonly Statement[] {
  const elements = elementsOf(value);
  if (elements === undefined) return [];
  const effect = String(elements.get('effect')?.[0]).toLowerCase();
  if (effect !== 'allow' && effect !== 'deny') return [];
  const texts = (name: string): readonly string[] | undefined => {
    const found = elements.get(name);
    return found && textsOf(found);
  };
  const patterns = (name: string): readonly string[] | undefined => texts(name)?.map((text) => text.toLowerCase());
  const principals = elements.get('principal');
  const notPrincipals = elements.get('notprincipal');
  const optional = {
    principals: principals && readPrincipals(principals),
    notPrincipals: notPrincipals && readPrincipals(notPrincipals),
    actions: patterns('action'),
    notActions: patterns('notaction'),
    resources: texts('resource'),
    notResources: texts('notresource'),
  };
  const present = Object.fromEntries(Object.entries(optional).filter(([, element]) => element !== undefined));
  return [
    {
      effect,
      ...(present as Omit<Statement, 'effect' | 'conditions'>),
      conditions: readConditions(elements.get('condition') ?? []),
    },
  ];
}
