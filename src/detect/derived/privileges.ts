import type { Fields } from '../../model/log-record.ts';
import { isUnrestricted, privilegesOf, type PolicyDocument } from '../../policy/index.ts';
import { policiesIn } from './policies.ts';

/** Calls whose policy is a guard rail: it says what others may do at most, and gives nothing. */
const guardRails: Readonly<Record<string, readonly string[]>> = {
  'organizations.amazonaws.com': ['CreatePolicy', 'UpdatePolicy'],
  'ec2.amazonaws.com': ['CreateVpcEndpoint', 'ModifyVpcEndpoint'],
};

/** privilegesGiven gives the fields of `derived.privileges`: what a policy of an identity allows beyond ordinary work. */
export function privilegesGiven(fields: Fields): Fields {
  const { eventSource, eventName } = fields;
  const calls = typeof eventSource === 'string' ? guardRails[eventSource] : undefined;
  const documents = policiesIn(fields);
  if (calls?.includes(String(eventName)) === true) return documents.some(isUnrestricted) ? { unrestricted: true } : {};
  const found = documents.filter(isOfIdentity).map(privilegesOf);
  const escalations = [...new Set(found.flatMap((each) => each.escalations))].toSorted();
  return {
    ...(found.some(({ administration }) => administration) && { administration: true }),
    ...(escalations.length > 0 && { escalations }),
  };
}

/** A policy of a resource names principals; one of an identity never does. */
function isOfIdentity({ statements }: PolicyDocument): boolean {
  return statements.every(({ principals, notPrincipals }) => principals === undefined && notPrincipals === undefined);
}
