import { Readable } from 'node:stream';
import { extract } from 'tar-stream';
import type { Ingested } from '../../model/log-record.ts';
import { messageOf } from '../../text/system-error.ts';
import type { Contained } from './container.ts';
import { readEntries } from './entries.ts';
import type { Entry } from './entries.ts';
import { ReadError } from '../files/read-error.ts';

/** readTar reads the files of a tar archive as they come. */
export async function* readTar(container: Contained): AsyncIterable<readonly Ingested[]> {
  const source = Readable.from(container.bytes);
  const archive = extract();
  source.on('error', (error) => archive.destroy(error));
  source.pipe(archive);
  try {
    yield* readEntries(entriesOf(archive), container);
  } catch (error) {
    if (error instanceof ReadError) throw error;
    throw new ReadError(`tar archive that cannot be read to its end: ${messageOf(error)}`, { cause: error });
  } finally {
    source.destroy();
    archive.destroy();
  }
}

async function* entriesOf(archive: ReturnType<typeof extract>): AsyncIterable<Entry> {
  for await (const entry of archive) {
    const { name, type, mtime } = entry.header;
    if (type !== 'directory') {
      const isFile = type === 'file' || type === 'contiguous-file';
      yield {
        name: name.replace(/^\.\//, ''),
        bytes: () => entry as AsyncIterable<Uint8Array>,
        ...(!isFile && { left: `a ${type ?? 'special file'} within an archive` }),
        ...(mtime !== undefined && { time: mtime.toISOString() }),
      };
    }
    entry.resume();
  }
}
