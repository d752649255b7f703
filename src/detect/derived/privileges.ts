import type { Fields } from '../../model/log-record.ts';
import { isUnrestricted, privilegesOf, type PolicyDocument } from '../../policy/index.ts';
import { policiesIn } from './policies.ts';

/** Calls whose policy is a guard rail: it says what others may do at most, and gives nothing. */
const guardRails: Readonly<Record<string, readonly string[]>> = {
  'organizations.amazonaws.com': ['CreatePolicy', 'UpdatePolicy'],
  'ec2.amazonaws.com': ['CreateVpcEndpoint', 'ModifyVpcEndpoint'],
};

/** Calls whose policy is an identity's. A session's policy (sts:AssumeRole) only takes away, and a simulated one gives nothing. */
const identityCalls: Readonly<Record<string, readonly string[]>> = {
  'iam.amazonaws.com': ['PutUserPolicy', 'PutGroupPolicy', 'PutRolePolicy', 'CreatePolicy', 'CreatePolicyVersion'],
  'sso.amazonaws.com': ['PutInlinePolicyToPermissionSet'],
};

/** isGuardRail says whether a call is about a policy that says what others may do at most. */
export function isGuardRail(fields: Fields): boolean {
  return isOneOf(fields, guardRails);
}

/** privilegesGiven gives the fields of `derived.privileges`: what a policy of an identity allows beyond ordinary work. */
export function privilegesGiven(fields: Fields): Fields {
  if (isGuardRail(fields)) return policiesIn(fields).some(isUnrestricted) ? { unrestricted: true } : {};
  if (!isOneOf(fields, identityCalls)) return {};
  const documents = policiesIn(fields);
  const found = documents.filter(isOfIdentity).map(privilegesOf);
  const escalations = [...new Set(found.flatMap((each) => each.escalations))].toSorted();
  return {
    ...(found.some(({ administration }) => administration) && { administration: true }),
    ...(escalations.length > 0 && { escalations }),
  };
}

function isOneOf({ eventSource, eventName }: Fields, calls: Readonly<Record<string, readonly string[]>>): boolean {
  if (typeof eventSource !== 'string' || typeof eventName !== 'string') return false;
  return Object.hasOwn(calls, eventSource) && calls[eventSource]?.includes(eventName) === true;
}

/** A policy of a resource names principals; one of an identity never does. */
function isOfIdentity({ statements }: PolicyDocument): boolean {
  return statements.every(({ principals, notPrincipals }) => principals === undefined && notPrincipals === undefined);
}
