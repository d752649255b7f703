import type { AccountBook } from '../../model/account-book.ts';
import type { Fields } from '../../model/log-record.ts';
import type { Own } from '../../policy/index.ts';
import { derivations } from './table.ts';

/** OwnAccounts is what the configuration says is the reader's: accounts, and the organization if there is one. */
export interface OwnAccounts {
  readonly accounts: readonly string[];
  readonly organization?: string;
}

/** ownAccounts reads a configuration's accounts and organization. */
export function ownAccounts({
  accounts,
  organization,
}: {
  readonly accounts: AccountBook;
  readonly organization?: string | undefined;
}): OwnAccounts {
  return { accounts: Object.keys(accounts), ...(organization !== undefined && { organization }) };
}

/**
 * Derive gives a record's fields with the derived ones among them, under `derived`. They are computed when they are
 * first looked at, and once for all rules; what enumerates or writes the fields (keywords, JSON) does not see them.
 */
export type Derive = (fields: Fields) => Fields;

/** createDerive makes a Derive for the reader's accounts. The record's own account is always one of them. */
export function createDerive(mine: OwnAccounts = { accounts: [] }): Derive {
  const { organization } = mine;
  const organizations = new Set(organization === undefined ? [] : [organization]);
  const known = new WeakMap<Fields, Fields>();
  return (fields) => {
    const before = known.get(fields);
    if (before !== undefined) return before;
    const own = (): Own => ({ accounts: new Set([...mine.accounts, ...accountsOf(fields)]), organizations });
    const derived = withDerived(fields, own);
    known.set(fields, derived);
    // What is derived already stays as it is.
    known.set(derived, derived);
    return derived;
  };
}

function withDerived(fields: Fields, own: () => Own): Fields {
  const groups = {};
  for (const { name, derive } of derivations) {
    let values: Fields | undefined;
    Object.defineProperty(groups, name, { get: () => (values ??= unlisted(derive(fields, own()))) });
  }
  // A record's own `derived` says what its writer likes; ours stands in its place.
  return Object.defineProperty({ ...fields }, 'derived', { value: groups, enumerable: false });
}

/** A list of one is its value: so it reads in an alert, and so a correlation groups by it. */
function unlisted(values: Fields): Fields {
  const entries = Object.entries(values);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, Array.isArray(value) && value.length === 1 ? value[0] : value]),
  );
}

function accountsOf(fields: Fields): readonly string[] {
  const { recipientAccountId, account } = fields;
  return [recipientAccountId, account].filter((id) => typeof id === 'string' && /^\d{12}$/.test(id)) as string[];
}
