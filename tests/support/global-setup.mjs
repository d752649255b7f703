import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');

/** What the functions import, a row a module: what it is made of, and by which compiler. */
const modules = [
  {
    name: 'compiled-rules',
    inputs: ['rules', 'config', 'src', 'deploy/build'],
    compiler: 'compile-rules',
    compile: ({ compileRules, compiledRulesDefaults }) => compileRules(compiledRulesDefaults),
  },
  {
    name: 'compiled-config',
    inputs: ['config', 'src', 'deploy/build'],
    compiler: 'compile-config',
    compile: ({ compileConfig }) => compileConfig({ stage: 'dev' }),
  },
  {
    name: 'compiled-reports',
    inputs: ['queries', 'config', 'src', 'deploy/build'],
    compiler: 'compile-reports',
    compile: ({ compileReports }) => compileReports(),
  },
];

/**
 * Compiles the modules that the functions import as `#compiled-…`, when what they are made of changed. Rules or configuration
 * that don't compile fail their own tests; the others go on with what was compiled last, if anything was.
 */
export default async function globalSetup() {
  for (const { name, inputs, compiler, compile } of modules) {
    const written = await timeOf(join(root, '.build', `${name}.mjs`));
    const times = await Promise.all(inputs.map((input) => newestOf(join(root, input))));
    if (Math.max(...times) < written) continue;
    try {
      await compile(await importCompiler(compiler));
    } catch (error) {
      if (written === 0) throw error;
      process.stderr.write(`${name} was not compiled anew: ${error.message}\n`);
    }
  }
}

async function importCompiler(name) {
  const path = join(root, 'deploy/build', `${name}.ts`);
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 22 || (major === 22 && minor >= 18)) return import(path);
  // An older Node can't run TypeScript.
  const { build } = await import('esbuild');
  const bundle = join(root, '.build', `${name}.bundle.mjs`);
  await build({
    entryPoints: [path],
    outfile: bundle,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    // The bundle finds the root from the source's folder.
    define: { 'import.meta.dirname': JSON.stringify(join(root, 'deploy/build')) },
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
