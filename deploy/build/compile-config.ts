/**
 * Compiles a stage's configuration into the module that the functions load as `#compiled-config`:
 *
 *     node deploy/build/compile-config.ts --stage STAGE [--config DIR] [--out FILE] [--warn]
 *
 * With --warn it says what in it is likely a slip.
 */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Configuration } from '../../src/config/configuration.ts';
import { ConfigurationError, loadConfiguration } from '../../src/config/load-configuration.ts';
import { unknownRules, warningsOf, type RuleName } from '../../src/config/warnings.ts';
import { loadRules } from '../../src/detect/load-rules.ts';
import { dataModule, writeWhole } from './data-module.ts';

const root = join(import.meta.dirname, '../..');

export interface CompileConfigOptions {
  readonly stage: string;
  /** The folder with default.yml and the stages' files. */
  readonly folder?: string;
  /** The module to write. */
  readonly out?: string;
}

/**
 * compileConfig writes default.yml, with the stage's file laid over it when there is one, as a module.
 * @throws {ConfigurationError} with every error; nothing was written.
 */
export async function compileConfig({
  stage,
  folder = join(root, 'config'),
  out = join(root, '.build', 'compiled-config.mjs'),
}: CompileConfigOptions): Promise<Configuration> {
  const configuration = await stageConfiguration(stage, folder);
  await writeWhole(
    out,
    dataModule(configuration, 'Written by deploy/build/compile-config.ts; edit config/*.yml instead.'),
  );
  return configuration;
}

/**
 * stageConfiguration reads default.yml with the stage's file laid over it, when there is one.
 * @throws {ConfigurationError} with every error.
 */
export async function stageConfiguration(stage: string, folder = join(root, 'config')): Promise<Configuration> {
  const own = join(folder, `${stage}.yml`);
  const exists = await stat(own).then(
    () => true,
    () => false,
  );
  return loadConfiguration([join(folder, 'default.yml'), ...(exists ? [own] : [])]);
}

async function ruleNames({ placeholders }: Configuration): Promise<readonly RuleName[]> {
  const { ruleSet } = await loadRules([join(root, 'rules')], { placeholders });
  return [...ruleSet.detections, ...ruleSet.correlations].map(({ key, meta: { title } }) => ({ id: key, title }));
}

// Not `import.meta.main`: a Node before 24.2 has none, and would do nothing without a word.
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      stage: { type: 'string' },
      config: { type: 'string' },
      out: { type: 'string' },
      warn: { type: 'boolean' },
    },
  });
  const { stage = 'dev', config, out, warn = false } = values;
  try {
    const configuration = await compileConfig({ stage, ...(config && { folder: config }), ...(out && { out }) });
    const warnings = warn
      ? [...warningsOf(configuration, new Date()), ...unknownRules(configuration, await ruleNames(configuration))]
      : [];
    for (const warning of warnings) process.stderr.write(`config/${stage}.yml: warning: ${warning}\n`);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
