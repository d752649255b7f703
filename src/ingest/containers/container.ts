import type { Ingested } from '../../model/log-record.ts';
import type { ReadOptions } from '../files/read-log-stream.ts';
import type { ReadLimits } from '../files/limits.ts';

/** Contained is a file with files or a table of records in it, given to a command by a person. */
export interface Contained {
  readonly path: string;
  /** How it begins. */
  readonly head: Buffer;
  /** All of its bytes, unpacked where it was gzipped; to be read once. */
  readonly bytes: AsyncIterable<Buffer>;
  /** The file on disk, where the bytes are those of one, for formats whose contents are listed at the end. */
  readonly file?: string | Buffer;
  readonly limits: ReadLimits;
  readonly options: ReadOptions;
  /** Opens a file that it holds. */
  readonly read: (
    bytes: AsyncIterable<Uint8Array>,
    path: string,
    options: ReadOptions,
  ) => AsyncIterable<readonly Ingested[]>;
}

/** ContainerReader reads the content in batches. It may throw: the batches before remain valid. */
export type ContainerReader = (container: Contained) => AsyncIterable<readonly Ingested[]>;
