import { open } from 'node:fs/promises';
import { fromBufferPromise, fromFdPromise } from 'yauzl';
import type { Entry as ZipEntry, Options, ZipFile } from 'yauzl';
import type { Ingested } from '../../model/log-record.ts';
import { failure } from '../ingested.ts';
import type { Contained } from './container.ts';
import { readEntries } from './entries.ts';
import type { Entry } from './entries.ts';
import { wholeOf } from './whole.ts';
import { ReadError } from '../files/read-error.ts';

/** A zip archive has its list of files at the end: one from a stream is kept in memory. */
const maxStreamedBytes = 512 * 1024 * 1024;

const options: Options = { autoClose: false, decodeStrings: false, lazyEntries: true, validateEntrySizes: true };

/** readZip reads the files of a zip archive. */
export async function* readZip(container: Contained): AsyncIterable<readonly Ingested[]> {
  const { file } = container;
  if (file === undefined) {
    const bytes = await wholeOf(
      container.bytes,
      maxStreamedBytes,
      'zip archive from a stream or within another archive',
    );
    yield* readZipFile(await opened(fromBufferPromise(bytes, options)), container);
    return;
  }
  const handle = await open(file, 'r');
  try {
    yield* readZipFile(await opened(fromFdPromise(handle.fd, options)), container);
  } finally {
    await handle.close();
  }
}

async function opened(zip: Promise<ZipFile>): Promise<ZipFile> {
  try {
    return await zip;
  } catch (error) {
    throw damaged(error);
  }
}

async function* readZipFile(zip: ZipFile, container: Contained): AsyncIterable<readonly Ingested[]> {
  let isWorkbook = false;
  const entries = async function* (): AsyncIterable<Entry> {
    for await (const entry of entriesOf(zip)) {
      isWorkbook ||= entry.name === 'xl/workbook.xml';
      yield entry;
    }
  };
  yield* readEntries(entries(), container);
  if (isWorkbook) yield [failure({ path: container.path, index: 0 }, 'an Excel workbook: save it as CSV')];
}

async function* entriesOf(zip: ZipFile): AsyncIterable<Entry> {
  for (;;) {
    const entry = await nextEntry(zip);
    if (entry === undefined) return;
    const name = nameOf(entry);
    if (!name.endsWith('/'))
      yield { name, ...leftOf(entry), bytes: () => contentOf(zip, entry), time: entry.getLastModDate().toISOString() };
  }
}

function nextEntry(zip: ZipFile): Promise<ZipEntry | undefined> {
  return new Promise((resolve, reject) => {
    const done = (finish: () => void): void => {
      zip.off('entry', onEntry).off('end', onEnd).off('error', onError);
      finish();
    };
    const onEntry = (entry: ZipEntry): void => done(() => resolve(entry));
    const onEnd = (): void => done(() => resolve(undefined));
    const onError = (error: unknown): void => done(() => reject(damaged(error)));
    zip.on('entry', onEntry).on('end', onEnd).on('error', onError);
    zip.readEntry();
  });
}

/** Names are UTF-8 today; older archives have bytes of their own, which are kept apart by their replacement. */
function nameOf(entry: ZipEntry): string {
  const name: unknown = entry.fileName;
  return Buffer.isBuffer(name) ? name.toString('utf8') : String(name);
}

function leftOf(entry: ZipEntry): { readonly left?: string } {
  // Unix keeps the kind of a file in the upper half of its attributes.
  const kind = (entry.externalFileAttributes >>> 28) & 0xf;
  return kind === 0xa ? { left: 'a link within an archive' } : {};
}

async function* contentOf(zip: ZipFile, entry: ZipEntry): AsyncIterable<Uint8Array> {
  if (entry.isEncrypted()) throw new ReadError('encrypted: unpack it with its password first');
  const stream = await zip.openReadStreamPromise(entry).catch((error: unknown) => {
    throw damaged(error);
  });
  try {
    yield* stream as AsyncIterable<Uint8Array>;
  } catch (error) {
    throw damaged(error);
  } finally {
    stream.destroy();
  }
}

function damaged(cause: unknown): ReadError {
  return new ReadError(`zip archive that cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, {
    cause,
  });
}
