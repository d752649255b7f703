/**
 * Compiles the rules into the module that the functions load as `#compiled-rules`:
 *
 *     node deploy/build/compile-rules.ts [--stage STAGE] [--rules DIR]… [--out FILE]
 */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { loadRules } from '../../src/detect/load-rules.ts';
import { createRuleSet } from '../../src/detect/rule-set.ts';
import { compileMatcher, type LoweredRuleSet, type Problem } from '../../src/sigma/index.ts';
import { ConfigurationError } from '../../src/config/load-configuration.ts';
import { stageConfiguration } from './compile-config.ts';
import { dataModule, writeWhole } from './data-module.ts';

export interface CompileOptions {
  /** Rule files and folders. */
  readonly rules: readonly string[];
  /** The module to write. */
  readonly out: string;
  /** Whose configuration says what placeholders in rules stand for. */
  readonly stage?: string;
}

export interface CompiledRules {
  readonly ruleSet: LoweredRuleSet;
  readonly warnings: readonly Problem[];
  readonly files: number;
}

/** CompileRulesError lists every error of the rules; nothing was written. */
export class CompileRulesError extends Error {
  override readonly name = 'CompileRulesError';
}

const root = join(import.meta.dirname, '../..');

/** compiledRulesDefaults are the project's own rules, and the module that `#compiled-rules` names. */
export const compiledRulesDefaults: CompileOptions = {
  rules: [join(root, 'rules')],
  out: join(root, '.build', 'compiled-rules.mjs'),
};

/**
 * compileRules writes rules as a module. The same rules give the same bytes.
 * @throws {CompileRulesError} with every error, when there is one; {ConfigurationError} with those of the configuration.
 */
export async function compileRules({ rules, out, stage = 'dev' }: CompileOptions): Promise<CompiledRules> {
  const { placeholders } = await stageConfiguration(stage);
  const { ruleSet, problems, files } = await loadRules(rules, { placeholders });
  const errors = problems.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) {
    throw new CompileRulesError(`${errors.length} error(s) in the rules:\n${errors.map(problemText).join('\n')}`);
  }
  const portable = portableRules(ruleSet);
  // What the Lambda does at its cold start must not fail there for the first time.
  createRuleSet(portable);
  for (const { expr } of portable.detections) compileMatcher(expr);
  await writeWhole(out, moduleText(portable));
  return { ruleSet: portable, warnings: problems.filter(({ severity }) => severity === 'warning'), files };
}

/** moduleText is the module's source. */
export function moduleText(ruleSet: LoweredRuleSet): string {
  return dataModule(ruleSet, 'Written by deploy/build/compile-rules.ts; edit the rules instead.');
}

/** Paths as from the project's root, so that two machines write the same. */
function portableRules({ detections, correlations }: LoweredRuleSet): LoweredRuleSet {
  const portable = <R extends { readonly path: string }>(rule: R): R =>
    rule.path.startsWith(`${root}/`) ? { ...rule, path: rule.path.slice(root.length + 1) } : rule;
  return { detections: detections.map(portable), correlations: correlations.map(portable) };
}

function problemText({ path, line, severity, code, message }: Problem): string {
  return `${path}:${line}: ${severity}: ${message} [${code}]`;
}

// Not `import.meta.main`: a Node before 24.2 has none, and would do nothing without a word.
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: { rules: { type: 'string', multiple: true }, out: { type: 'string' }, stage: { type: 'string' } },
  });
  try {
    const { rules = compiledRulesDefaults.rules, out = compiledRulesDefaults.out, stage } = values;
    const { ruleSet, warnings, files } = await compileRules({ rules, out, ...(stage && { stage }) });
    for (const warning of warnings) process.stderr.write(`${problemText(warning)}\n`);
    const { detections, correlations } = ruleSet;
    process.stderr.write(
      `${out}: ${detections.length} rules and ${correlations.length} correlations of ${files} files\n`,
    );
  } catch (error) {
    if (!(error instanceof CompileRulesError || error instanceof ConfigurationError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
