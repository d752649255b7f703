// The language of IAM policies: who gains access by one, and what it gives. It knows nothing of records or rules.
export { isNarrow } from './network.ts';
export { accessOf, type PolicyAccess } from './access.ts';
export { parsePolicy, type PolicyDocument } from './document.ts';
export type { Own } from './limits.ts';
export { isUnrestricted, privilegesOf } from './privileges.ts';
