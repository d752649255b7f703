import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');

const modules = ['compiled-rules', 'compiled-config', 'compiled-reports'];
/** What the modules are made of, and by what. */
const inputs = ['rules', 'config', 'queries', 'src', 'deploy/build'];

/**
 * Compiles the modules that the functions import as `#compiled-…`, when what they are made of changed. Rules or configuration that
 * don't compile fail their own tests; the others go on with what was compiled last, if anything was.
 */
export default async function globalSetup() {
  const written = Math.min(...(await Promise.all(modules.map((name) => timeOf(join(root, '.build', `${name}.mjs`))))));
  const times = await Promise.all(inputs.map((input) => newestOf(join(root, input))));
  if (Math.max(...times) < written) return;
  const { compileStage } = await import('../../deploy/build/compile.ts');
  const { loadSources } = await import('../../deploy/build/sources.ts');
  try {
    await compileStage({ root, stage: 'dev', sources: await loadSources(root, 'dev'), now: new Date() });
  } catch (error) {
    if (written === 0) throw error;
    process.stderr.write(`The last compiled modules are used: ${error.message}\n`);
  }
}

async function timeOf(path) {
  return stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
}

/** A folder's own time counts too: it changes when a file is removed. */
async function newestOf(path) {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return 0;
  if (!found.isDirectory()) return found.mtimeMs;
  const names = await readdir(path);
  return Math.max(found.mtimeMs, ...(await Promise.all(names.map((name) => newestOf(join(path, name))))));
}
