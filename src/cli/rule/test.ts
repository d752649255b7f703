import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parseRuleTest } from '../../detect/rule-test/parse-rule-test.ts';
import { runRuleTest, type RuleTestResult } from '../../detect/rule-test/run-rule-test.ts';
import { shown } from '../../text/escape.ts';
import type { Problem } from '../../sigma/index.ts';
import { exitCode, type ExitCode } from '../shell/exit.ts';
import { readConfiguration } from '../shell/read-configuration.ts';
import type { Colors, Surroundings } from '../shell/terminal.ts';
import { plural } from '../../text/amounts.ts';
import { explanationText } from './explanation-text.ts';
import { problemText } from './problem-text.ts';
import { isUnfed } from './unfed/unfed.ts';
import { loadWithWarnings } from './unfed/load-with-warnings.ts';
import { unreadable } from './unreadable.ts';

export interface TestOptions {
  readonly config?: readonly string[];
  readonly requireTests?: boolean;
}

/** TestedFile is a rule file with what its test said; without `results` it has none. */
interface TestedFile {
  readonly path: string;
  readonly testPath: string;
  readonly results?: readonly RuleTestResult[];
  readonly problems: readonly Problem[];
  /** What makes the rule never fire, though its test passes. */
  readonly warnings: readonly Problem[];
}

/** testRules is `trailwatch rule test`: runs `<name>.test.yml` beside each `<name>.yml`. */
export async function testRules(
  paths: readonly string[],
  options: TestOptions,
  { out, cwd }: Surroundings,
): Promise<ExitCode> {
  const loaded = await loadWithWarnings(paths.map(rulePathOf), cwd, await readConfiguration(options.config, cwd));
  const tested: TestedFile[] = [];
  for (const path of loaded.files) {
    const testPath = path.replace(/\.(ya?ml)$/, '.test.$1');
    const own = loaded.problems.filter((one) => one.path === path);
    const refusals = own.filter(({ severity }) => severity === 'error');
    const warnings = own.filter(({ code }) => isUnfed(code));
    if (!existsSync(resolve(cwd, testPath))) {
      tested.push({ path, testPath, problems: refusals, warnings });
      continue;
    }
    const { test, problems } = parseRuleTest(readFileSync(resolve(cwd, testPath), 'utf8'), testPath, (file) =>
      readEvents(resolve(cwd, dirname(testPath), file), file),
    );
    const results = test === undefined ? [] : await runRuleTest(test, path, loaded.ruleSet);
    tested.push({ path, testPath, results, problems: [...refusals, ...problems], warnings });
  }
  await out.write(testText(tested, out.colors));
  const isBad = ({ results, problems }: TestedFile): boolean =>
    problems.length > 0 || (results?.some(({ passed }) => !passed) ?? options.requireTests === true);
  return tested.some(isBad) ? exitCode.checkFailed : exitCode.done;
}

/** A test file stands for its rule. */
function rulePathOf(path: string): string {
  return path.replace(/\.test\.(ya?ml)$/, '.$1');
}

const maxEventBytes = 16 * 1024 * 1024;

function readEvents(path: string, name: string): unknown {
  try {
    if (statSync(path).size > maxEventBytes) throw new Error('it is larger than 16 MB');
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new Error(`${name}: ${unreadable(error)}`, { cause: error });
  }
}

function testText(tested: readonly TestedFile[], colors: Colors): string {
  const results = tested.flatMap((file) => file.results ?? []);
  const failed = results.filter(({ passed }) => !passed).length;
  const untested = tested.filter((file) => file.results === undefined);
  const broken = tested.reduce((sum, { problems }) => sum + problems.length, 0);
  const summary = [
    `${plural(tested.length - untested.length, 'rule file')} tested, ${plural(results.length, 'case')}: ${results.length - failed} passed, ${failed} failed`,
    ...(broken > 0 ? [plural(broken, 'error')] : []),
    ...(untested.length > 0 ? [`${plural(untested.length, 'rule file')} without a test`] : []),
  ];
  return `${tested.map((file) => fileText(file, colors)).join('')}\n${summary.join('; ')}\n`;
}

function fileText({ path, testPath, results, problems, warnings }: TestedFile, colors: Colors): string {
  const errors = [...problems, ...warnings].map((problem) => `  ${problemText(problem, colors)}`).join('');
  if (results === undefined) return `${colors.yellow('–')} ${shown(path)}  no ${shown(testPath)}\n${errors}`;
  const failures = results.filter(({ passed }) => !passed);
  const mark = failures.length === 0 && problems.length === 0 ? colors.green('✓') : colors.red('✗');
  const cases = failures.map((failure) => failureText(failure, testPath, colors)).join('');
  return `${mark} ${shown(path)}  ${plural(results.length, 'case')}\n${errors}${cases}`;
}

function failureText({ case: one, reason, explanations }: RuleTestResult, testPath: string, colors: Colors): string {
  const list = one.expect === 'match' ? 'matches' : 'misses';
  const trees = explanations.map(({ event, explanation }) => {
    const which = one.events.length > 1 ? `      event ${event}:\n` : '';
    return `${which}${explanationText(explanation, colors, '      ')}`;
  });
  const where = `${shown(testPath)}:${one.line}`;
  return `  ${colors.red('✗')} ${where}: ${list}: ${colors.bold(shown(one.name))}\n    ${shown(reason ?? '', 2_000)}\n${trees.join('')}`;
}
