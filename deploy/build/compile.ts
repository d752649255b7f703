import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { unknownRules, warningsOf } from '../../src/config/warnings.ts';
import type { StageSources } from '../stage.ts';
import { dataModule, writeWhole } from './data-module.ts';
import { compileRules, rulesModule } from './rules.ts';

export interface CompileOptions {
  /** The project's folder. */
  readonly root: string;
  readonly stage: string;
  readonly sources: StageSources;
  /** The folder of the configuration that the sources were read from; the project's own when absent. */
  readonly config?: string;
  /** Rule files and folders; the project's own when absent. */
  readonly rules?: readonly string[];
  /** The folder to write to; the one that `#compiled-…` in package.json names when absent. */
  readonly out?: string;
  readonly now: Date;
}

export interface Compiled {
  /** What is probably a slip in the rules or the configuration, a line each. */
  readonly warnings: readonly string[];
  /** What was compiled, in words: `175 rules, 6 correlations, 39 reports`. */
  readonly what: string;
}

/**
 * compileStage writes what the functions of a stage import: `#compiled-rules`, `#compiled-config` and `#compiled-reports`.
 * @throws {CompileRulesError} with every error of the rules; nothing was written.
 */
export async function compileStage({
  root,
  stage,
  sources: { configuration, reports },
  config = join(root, 'config'),
  rules = [join(root, 'rules')],
  out = join(root, '.build'),
  now,
}: CompileOptions): Promise<Compiled> {
  const { placeholders, rules: pack } = configuration;
  const configs = ['default', stage].map((name) => join(config, `${name}.yml`));
  const { ruleSet, warnings } = await compileRules({ rules, root, placeholders, pack, configs });
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { readonly version: string };
  const modules = {
    'compiled-rules': rulesModule(ruleSet),
    'compiled-config': dataModule(configuration, 'Written by deploy/build/compile.ts; edit config/*.yml instead.'),
    'compiled-reports': dataModule({ version, reports }, 'Written by deploy/build/compile.ts; edit queries/ instead.'),
  };
  for (const [name, text] of Object.entries(modules)) await writeWhole(join(out, `${name}.mjs`), text);

  const named = [...ruleSet.detections, ...ruleSet.correlations].map(({ key, meta: { title } }) => ({
    id: key,
    title,
  }));
  const slips = [...warningsOf(configuration, now), ...unknownRules(configuration, named)];
  return {
    warnings: [...warnings, ...slips.map((slip) => `config/${stage}.yml: warning: ${slip}`)],
    what: `${ruleSet.detections.length} rules, ${ruleSet.correlations.length} correlations, ${reports.length} reports`,
  };
}
