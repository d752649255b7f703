import {
  compileMatcher,
  lowerRules,
  parseRuleFile,
  type Expr,
  type Fields,
  type Placeholders,
  type Problem,
} from '../../../src/sigma/index.ts';

const head = 'title: Rule\nlogsource: { product: test }\n';

/** ruleText writes a rule whose detection is the given YAML; without a condition it is `selection`. */
export function ruleText(detection: string): string {
  const condition = /^condition:/m.test(detection) ? '' : '\ncondition: selection';
  return `${head}detection:\n${`${detection}${condition}`.replaceAll(/^/gm, '  ')}\n`;
}

/** problemsOf parses and lowers rule texts and gives what is wrong with them. */
export function problemsOf(text: string, placeholders: Placeholders = {}): readonly Problem[] {
  const { documents, problems } = parseRuleFile(text, 'rule.yml');
  return [...problems, ...lowerRules(documents, { placeholders }).problems];
}

/** exprsOf lowers rule texts; throws when anything is refused. */
export function exprsOf(text: string, placeholders: Placeholders = {}): readonly Expr[] {
  const { documents, problems } = parseRuleFile(text, 'rule.yml');
  const lowered = lowerRules(documents, { placeholders });
  const error = [...problems, ...lowered.problems].find((problem) => problem.severity === 'error');
  if (error !== undefined) throw new Error(`${error.path}:${error.line}: ${error.code}: ${error.message}`);
  return lowered.ruleSet.detections.map((rule) => rule.expr);
}

/** exprOf lowers one detection. */
export function exprOf(detection: string, placeholders: Placeholders = {}): Expr {
  const [expr] = exprsOf(ruleText(detection), placeholders);
  if (expr === undefined) throw new Error('no rule');
  return expr;
}

/** matches asks a detection about a record. */
export function matches(detection: string, fields: Fields, placeholders: Placeholders = {}): boolean {
  return compileMatcher(exprOf(detection, placeholders))(fields);
}

/** codesOf gives the codes of a detection's problems. */
export function codesOf(detection: string, placeholders: Placeholders = {}): readonly string[] {
  return problemsOf(ruleText(detection), placeholders).map((problem) => problem.code);
}
