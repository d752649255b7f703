import { pack } from 'tar-stream';

/** TarHeader is what an archive says of an entry. */
interface TarHeader {
  readonly name: string;
  readonly type?: 'file' | 'directory' | 'symlink' | 'link';
  readonly linkname?: string;
  readonly size?: number;
}

/** tarArchive packs files; headers may say what no honest program would. */
export async function tarArchive(
  entries: readonly { readonly header: TarHeader; readonly content?: Buffer | string }[],
): Promise<Buffer> {
  const archive = pack();
  for (const { header, content } of entries)
    archive.entry({ ...header, mtime: new Date('2026-04-01T10:00:00Z') }, content ?? '');
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}
