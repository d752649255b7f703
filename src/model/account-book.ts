/** AccountBook is what people know of accounts, by their ids of twelve digits. */
export type AccountBook = Readonly<Record<string, KnownAccount>>;

/** KnownAccount is what an account is called, and who answers for it: an address, a team, a channel. */
export interface KnownAccount {
  readonly name: string;
  readonly owner?: string;
}

/** knownAccount looks an account up; undefined when it isn't in the book. */
export function knownAccount(id: string | undefined, book: AccountBook): KnownAccount | undefined {
  return id !== undefined && Object.hasOwn(book, id) ? book[id] : undefined;
}
