import { loadRules } from '../../src/detect/load-rules.ts';
import { createRuleSet } from '../../src/detect/rule-set.ts';
import { compileMatcher, type LoweredRuleSet, type Problem } from '../../src/sigma/index.ts';
import { dataModule } from './data-module.ts';

export interface CompiledRules {
  readonly ruleSet: LoweredRuleSet;
  readonly warnings: readonly string[];
  readonly files: number;
}

export interface RulesOptions {
  /** Rule files and folders. */
  readonly rules: readonly string[];
  /** The project's folder: paths of rules are written as from there, so that two machines write the same. */
  readonly root: string;
  readonly placeholders: Readonly<Record<string, readonly string[]>>;
}

/** CompileRulesError lists every error of the rules. */
export class CompileRulesError extends Error {
  override readonly name = 'CompileRulesError';
}

/**
 * compileRules reads and lowers rules. The same rules give the same rule set.
 * @throws {CompileRulesError} with every error.
 */
export async function compileRules({ rules, root, placeholders }: RulesOptions): Promise<CompiledRules> {
  const { ruleSet, problems, files } = await loadRules(rules, { placeholders });
  const errors = problems.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) {
    throw new CompileRulesError(`${errors.length} error(s) in the rules:\n${errors.map(problemText).join('\n')}`);
  }
  const portable = portableRules(ruleSet, root);
  // What a function does at its cold start must not fail there for the first time.
  createRuleSet(portable);
  for (const { expr } of portable.detections) compileMatcher(expr);
  const warnings = problems.filter(({ severity }) => severity === 'warning').map(problemText);
  return { ruleSet: portable, warnings, files };
}

/** rulesModule is the source of the module that functions import as `#compiled-rules`. */
export function rulesModule(ruleSet: LoweredRuleSet): string {
  return dataModule(ruleSet, 'Written by deploy/build/compile.ts; edit the rules instead.');
}

function portableRules({ detections, correlations }: LoweredRuleSet, root: string): LoweredRuleSet {
  const portable = <R extends { readonly path: string }>(rule: R): R =>
    rule.path.startsWith(`${root}/`) ? { ...rule, path: rule.path.slice(root.length + 1) } : rule;
  return { detections: detections.map(portable), correlations: correlations.map(portable) };
}

function problemText({ path, line, severity, code, message }: Problem): string {
  return `${path}:${line}: ${severity}: ${message} [${code}]`;
}
