import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * lockStore lets one import at a time write to a store; the returned function releases the lock. The lock of a dead process is taken over.
 * @throws {Error} naming the process that holds it.
 */
export async function lockStore(folder: string): Promise<() => Promise<void>> {
  const path = join(folder, 'import.lock');
  for (let tries = 0; ; tries++) {
    try {
      await writeFile(path, String(process.pid), { flag: 'wx' });
      return () => rm(path, { force: true });
    } catch (error) {
      if ((error as { readonly code?: unknown }).code !== 'EEXIST' || tries > 1) throw error;
      const holder = Number(await readFile(path, 'utf8').catch(() => ''));
      if (isAlive(holder))
        throw new Error(`${folder}: process ${holder} is importing into this store; wait until it ends`, {
          cause: error,
        });
      await rm(path, { force: true });
    }
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as { readonly code?: unknown }).code === 'EPERM';
  }
}
