/** CopiedFolder is what the ledger knows of the deliveries of one day. */
export interface CopiedFolder {
  /** yyyy/MM/dd, of the delivery. */
  readonly day: string;
  /** Names accounts, regions and place of the trail's table when it was copied. */
  readonly scope: string;
  /** Whether all of it is in the copy, counted and found so. */
  readonly whole: boolean;
  /** Statements that are done, of a folder that is not whole yet. */
  readonly done: readonly string[];
  readonly records: number;
  readonly events: number;
  /** ISO 8601. */
  readonly copiedAt: string;
}

/**
 * CopyLedger remembers which days' deliveries the copy holds. It belongs to one copy: a table that was made anew begins with an empty
 * one. When it is lost, reports read the trail's own files, and the copy is filled once more, where nothing doubles.
 */
export interface CopyLedger {
  folders(): Promise<readonly CopiedFolder[]>;
  record(folder: CopiedFolder): Promise<void>;
  /** forget removes what is known of days before a day. */
  forget(before: string): Promise<void>;
}

/** CopyLease lets one at a time write to the copy. */
export interface CopyLease {
  /** take says whether the lease is ours now, until then; false: somebody else has it. */
  take(holder: string, now: Date, until: Date): Promise<boolean>;
  release(holder: string): Promise<void>;
}
