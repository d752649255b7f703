import { arnOf } from '../arn.ts';
import { at, isObject, listOf, textOf } from '../read.ts';

/** A policy has at most 20 KB, and those of organizations more; AWS accepts nothing longer. */
const maxPolicyChars = 100_000;
const maxStatements = 100;

/**
 * policyPrincipals gives whom a policy lets in from outside: accounts, users and roles, identity providers, and `everyone`. AWS's
 * services and the account's own root, which nearly every policy names, are left out.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
export function policyPrincipals(policy: unknown, account: string | undefined): readonly string[] {
  const statements = at(parsed(policy), 'Statement');
  const found = (Array.isArray(statements) ? statements : [statements])
    .slice(0, maxStatements)
    .flatMap((statement: unknown) => {
      if (textOf(at(statement, 'Effect')) !== 'Allow') return [];
      const conditions = isObject(at(statement, 'Condition')) ? ', on conditions' : '';
      const named = at(statement, 'NotPrincipal') === undefined ? namesOf(at(statement, 'Principal')) : ['*'];
      return named
        .filter((name) => !isOwnRoot(name, account))
        .map((name) => everyoneOr(name) + (name === '*' ? conditions : ''));
    });
  return [...new Set(found)];
}

/** everyoneOr says `everyone` for what AWS writes as `*` or `all`. */
export function everyoneOr(name: string): string {
  return name === '*' || name === 'all' ? 'everyone' : name;
}

/** isOwnRoot recognises the account itself, by its number or its root's ARN. */
export function isOwnRoot(name: string, account: string | undefined): boolean {
  if (account === undefined) return false;
  const arn = arnOf(name);
  return name === account || (arn?.account === account && arn.resource === 'root');
}

/** A policy comes as text, as text with URL escapes, or as an object. */
function parsed(policy: unknown): unknown {
  if (typeof policy !== 'string') return policy;
  if (policy.length > maxPolicyChars) return undefined;
  try {
    return JSON.parse(policy.startsWith('%7B') ? decodeURIComponent(policy) : policy) as unknown;
  } catch {
    // A parameter of that name may hold other text than a policy.
    return undefined;
  }
}

function namesOf(principal: unknown): readonly string[] {
  if (typeof principal === 'string') return [principal];
  return ['AWS', 'Federated', 'CanonicalUser'].flatMap((kind) => {
    const value = at(principal, kind);
    return (Array.isArray(value) ? listOf(value).slice(0, maxStatements) : [value]).flatMap((one) => textOf(one) ?? []);
  });
}
