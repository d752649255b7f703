import { elementsOf, textsOf, valuesOf } from './elements.ts';

/**
 * Party is somebody that a policy can name.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
export type Party =
  | { readonly kind: 'anyone' }
  /** An account as a whole, or a principal in it when `arn` is there. */
  | { readonly kind: 'account'; readonly id: string; readonly arn?: string }
  | { readonly kind: 'organization'; readonly id: string }
  /** An AWS service, for example `lambda.amazonaws.com`; `*` for all of them. */
  | { readonly kind: 'service'; readonly name: string }
  /** An identity provider: the ARN of a SAML or OIDC provider, or the host of one that IAM knows by itself. */
  | { readonly kind: 'federated'; readonly provider: string }
  /** A network, a resource or a shared secret that stands for whoever holds it. */
  | { readonly kind: 'place'; readonly name: string }
  /** A principal that has been deleted (`AROA…`), a canonical user of S3, an origin access identity: nobody says whose it is. */
  | { readonly kind: 'id'; readonly id: string };

export type Principals = readonly Party[];

/** readPrincipals reads the values of Principal or NotPrincipal: `"*"`, or an object of lists by kind. */
export function readPrincipals(elements: readonly unknown[]): Principals {
  return valuesOf(elements).flatMap((value): Principals => {
    if (typeof value === 'string') return [awsParty(value)];
    const byKind = elementsOf(value);
    if (byKind === undefined) return [];
    return [...byKind].flatMap(([kind, values]) => textsOf(values).map((text) => partyOf(kind, text)));
  });
}

function partyOf(kind: string, text: string): Party {
  switch (kind) {
    case 'service':
      return { kind: 'service', name: text.toLowerCase() };
    case 'federated':
      return text === '*' ? { kind: 'anyone' } : { kind: 'federated', provider: text };
    case 'canonicaluser':
      return { kind: 'id', id: text };
    default:
      return awsParty(text);
  }
}

/** awsParty reads what stands under `AWS`: `*`, an account's id, an ARN, or the id of a deleted principal. */
export function awsParty(text: string): Party {
  const name = text.trim();
  if (name === '*') return { kind: 'anyone' };
  if (/^\d{12}$/.test(name)) return { kind: 'account', id: name };
  const account = accountOfArn(name);
  if (account === undefined) return { kind: 'id', id: name };
  if (account.includes('*') || account.includes('?')) return { kind: 'anyone' };
  if (!/^\d{12}$/.test(account)) return { kind: 'id', id: name };
  return name.toLowerCase().endsWith(':root')
    ? { kind: 'account', id: account }
    : { kind: 'account', id: account, arn: name };
}

/** accountOfArn gives the fifth part of an ARN, empty for what belongs to no account by its name; undefined when it is no ARN. */
export function accountOfArn(arn: string): string | undefined {
  const parts = arn.split(':');
  return parts.length >= 6 && parts[0]?.toLowerCase() === 'arn' ? parts[4] : undefined;
}
