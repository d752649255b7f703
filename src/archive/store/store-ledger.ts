import { appendFile, readFile } from 'node:fs/promises';

/** ImportedFile is a file's state at its import: if the file changes, it is imported again. */
export interface ImportedFile {
  readonly path: string;
  readonly size: number;
  /** ISO 8601 */
  readonly time: string;
  /** Why not all of it could be read; every import reads such a file again, until it is complete. */
  readonly incomplete?: string;
}

/** StoreLedger records the imported files of a store. */
export interface StoreLedger {
  /** Whether all of the file, as it is now, is in the store. */
  has(file: ImportedFile): boolean;
  add(files: readonly ImportedFile[]): Promise<void>;
  incomplete(): readonly ImportedFile[];
}

/** openLedger reads a store's ledger. A last line that was cut off by a crash counts as not written: its file is imported again. */
export async function openLedger(path: string): Promise<StoreLedger> {
  const known = new Map<string, ImportedFile>();
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if ((error as { readonly code?: unknown }).code === 'ENOENT') return '';
    throw error;
  });
  for (const line of text.split('\n')) {
    const file = fileOf(line);
    if (file !== undefined) known.set(file.path, file);
  }
  let whole = text === '' || text.endsWith('\n');
  return {
    has({ path: name, size, time }) {
      const file = known.get(name);
      return file !== undefined && file.incomplete === undefined && file.size === size && file.time === time;
    },
    async add(files) {
      if (files.length === 0) return;
      const lines = files.map((file) => `${JSON.stringify(file)}\n`).join('');
      await appendFile(path, whole ? lines : `\n${lines}`);
      whole = true;
      for (const file of files) known.set(file.path, file);
    },
    incomplete: () => [...known.values()].filter((file) => file.incomplete !== undefined),
  };
}

function fileOf(line: string): ImportedFile | undefined {
  try {
    const file = JSON.parse(line) as ImportedFile | null;
    return typeof file?.path === 'string' ? file : undefined;
  } catch {
    return undefined;
  }
}
