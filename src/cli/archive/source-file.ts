import type { ImportedFile } from '../../archive/store/store-ledger.ts';
import type { Ingested } from '../../model/log-record.ts';

/** SourceFile is a file, on disk or in a bucket, with the way to what is in it. */
export interface SourceFile extends ImportedFile {
  /** read gives what is in the file, once, and tells how many of its bytes it has read. */
  readonly read: (onBytes: (bytes: number) => void) => Promise<AsyncIterable<Ingested>>;
  /** ahead begins to fetch what is far away, so that the next file is there when its turn comes. */
  readonly ahead?: (signal: AbortSignal) => void;
}
