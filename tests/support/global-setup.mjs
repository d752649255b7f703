import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');
const inputs = ['rules', 'src/sigma', 'src/detect', 'deploy/compile-rules.ts'];
const out = join(root, '.build', 'compiled-rules.mjs');

/**
 * Compiles the rules that the functions import as `#compiled-rules`, when they or their compiler changed. Rules that don't
 * compile fail the tests of the rules; the others go on with what was compiled last, if anything was.
 */
export default async function globalSetup() {
  const written = await timeOf(out);
  const times = await Promise.all(inputs.map((input) => newestOf(join(root, input))));
  if (Math.max(...times) < written) return;
  try {
    const { compileRules, compiledRulesDefaults } = await importCompiler();
    await compileRules(compiledRulesDefaults);
  } catch (error) {
    if (written === 0) throw error;
    process.stderr.write(`The rules were not compiled anew: ${error.message}\n`);
  }
}

async function importCompiler() {
  const path = join(root, 'deploy', 'compile-rules.ts');
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 22 || (major === 22 && minor >= 18)) return import(path);
  // An older Node can't run TypeScript.
  const { build } = await import('esbuild');
  const bundle = join(root, '.build', 'compile-rules.bundle.mjs');
  await build({
    entryPoints: [path],
    outfile: bundle,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    // The bundle stands one folder below the root, as the source does.
    define: { 'import.meta.dirname': JSON.stringify(join(root, 'deploy')) },
    logLevel: 'error',
  });
  return import(bundle);
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
