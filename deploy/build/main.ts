/**
 * Compiles a stage's rules, configuration and reports into the modules that the functions import:
 *
 *     node deploy/build/main.ts [--stage STAGE] [--rules DIR]… [--config DIR] [--out DIR]
 */
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { compileStage } from './compile.ts';
import { loadSources } from './sources.ts';
import { isUserError } from './user-error.ts';

const root = join(import.meta.dirname, '../..');
const { values } = parseArgs({
  options: {
    stage: { type: 'string' },
    rules: { type: 'string', multiple: true },
    config: { type: 'string' },
    out: { type: 'string' },
  },
});
const { stage = 'dev', rules, config, out } = values;
try {
  const started = performance.now();
  const { what, warnings } = await compileStage({
    root,
    stage,
    sources: await loadSources(root, stage, config),
    ...(config !== undefined && { config }),
    ...(rules !== undefined && { rules }),
    ...(out !== undefined && { out }),
    now: new Date(),
  });
  for (const warning of warnings) process.stderr.write(`${warning}\n`);
  process.stderr.write(`Compiled ${what} in ${((performance.now() - started) / 1_000).toFixed(1)} s\n`);
} catch (error) {
  if (!isUserError(error)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
