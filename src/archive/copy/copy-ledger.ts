/** CopiedFolder is the ledger's entry for the deliveries of one day. */
export interface CopiedFolder {
  /** yyyy/MM/dd, of the delivery. */
  readonly day: string;
  /** Hash of the accounts, regions, location and columns of the trail's table at the time of the copy. */
  readonly scope: string;
  /** Whether the copy has all of it, by count. */
  readonly whole: boolean;
  /** Finished statements of a folder that is not whole yet. */
  readonly done: readonly string[];
  readonly records: number;
  readonly events: number;
  /** ISO 8601. */
  readonly copiedAt: string;
}

/**
 * CopyLedger records which days' deliveries are in the copy. It belongs to one copy: a new table begins with an empty ledger. If it is
 * lost, reports read the trail's own files and the copy is filled again, without duplicates.
 */
export interface CopyLedger {
  folders(): Promise<readonly CopiedFolder[]>;
  record(folder: CopiedFolder): Promise<void>;
  /** forget removes the entries of days before a day. */
  forget(before: string): Promise<void>;
}

/** CopyLease lets one run at a time write to the copy. */
export interface CopyLease {
  /** take acquires or extends the lease until a time; false when another run holds it. */
  take(holder: string, now: Date, until: Date): Promise<boolean>;
  release(holder: string): Promise<void>;
}
