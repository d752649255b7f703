import type { PackProblem } from '../../src/detect/rule-pack.ts';
import { loadRules } from '../../src/detect/load-rules.ts';
import { createRuleSet } from '../../src/detect/rule-set.ts';
import { compileMatcher, type LoweredRuleSet, type Problem } from '../../src/sigma/index.ts';
import { placeOf } from '../../src/config/place.ts';
import type { RulePack } from '../../src/model/rule-pack.ts';
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
  readonly pack: RulePack;
  /** The files that say what the pack is, for messages. */
  readonly configs: readonly string[];
}

/** CompileRulesError lists every error of the rules, and of what the configuration says about them. */
export class CompileRulesError extends Error {
  override readonly name = 'CompileRulesError';
}

/**
 * compileRules reads and lowers rules. The same rules give the same rule set.
 * @throws {CompileRulesError} with every error.
 */
export async function compileRules({ rules, root, placeholders, pack, configs }: RulesOptions): Promise<CompiledRules> {
  const { ruleSet, problems, packProblems, files } = await loadRules(rules, { placeholders, pack });
  const all = [
    ...problems.map((problem) => ({ severity: problem.severity, text: problemText(problem) })),
    ...(await Promise.all(packProblems.map((problem) => packProblem(problem, configs)))),
  ];
  const errors = all.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) {
    throw new CompileRulesError(
      `${errors.length} error(s) in the rules:\n${errors.map(({ text }) => text).join('\n')}`,
    );
  }
  const portable = portableRules(ruleSet, root);
  // What a function does at its cold start must not fail there for the first time.
  createRuleSet(portable);
  for (const { expr } of portable.detections) compileMatcher(expr);
  const warnings = all.filter(({ severity }) => severity === 'warning').map(({ text }) => text);
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

async function packProblem({ keys, severity, message }: PackProblem, configs: readonly string[]) {
  return { severity, text: `${await placeOf(configs, ['rules', ...keys])}: ${severity}: ${message}` };
}

function problemText({ path, line, severity, code, message }: Problem): string {
  return `${path}:${line}: ${severity}: ${message} [${code}]`;
}
