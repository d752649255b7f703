import { createDerive, ownAccounts } from '../../detect/derived/derive.ts';
import type { Fields } from '../../model/log-record.ts';
import { plainJson, shown } from '../../text/escape.ts';
import { explainMatch, type LoweredCorrelation, type LoweredRule } from '../../sigma/match.ts';
import { exitCode, UsageError, type ExitCode } from '../shell/exit.ts';
import { readConfiguration } from '../shell/read-configuration.ts';
import type { Colors, Surroundings } from '../shell/terminal.ts';
import { readEvent } from './event-file.ts';
import { explanationText } from './explanation-text.ts';
import { countsOf, problemText } from './problem-text.ts';
import { loadRuleFiles } from './rule-files.ts';

export interface ExplainOptions {
  readonly config?: readonly string[];
  readonly rule?: string;
  readonly format: 'text' | 'json';
}

/** explainRule is `trailwatch rule explain`: why the rules of a file match an event, or don't. */
export async function explainRule(
  rulePath: string,
  event: string,
  options: ExplainOptions,
  surroundings: Surroundings,
): Promise<ExitCode> {
  const { out, err, cwd } = surroundings;
  const configuration = await readConfiguration(options.config, cwd);
  const { placeholders } = configuration;
  const { ruleSet, problems } = await loadRuleFiles([rulePath], cwd, placeholders);
  const errors = problems.filter(({ severity }) => severity === 'error');
  await err.write(errors.map((problem) => problemText(problem, err.colors)).join(''));
  const rules = ruleSet.detections.filter((rule) => options.rule === undefined || isCalled(rule, options.rule));
  if (rules.length === 0) {
    if (countsOf(errors).errors > 0) return exitCode.checkFailed;
    throw new UsageError(
      `${rulePath}: no detection rule ${options.rule === undefined ? 'in it' : `called ${JSON.stringify(options.rule)}`}`,
    );
  }
  const fields = createDerive(ownAccounts(configuration))(await readEvent(event, surroundings));
  const correlations = ruleSet.correlations.filter(({ rules: keys }) => rules.some(({ key }) => keys.includes(key)));
  await out.write(
    options.format === 'json' ? explainJson(rules, fields) : explainText(rules, correlations, fields, out.colors),
  );
  return errors.length > 0 ? exitCode.checkFailed : exitCode.done;
}

function isCalled({ key, meta }: LoweredRule, name: string): boolean {
  return [key, meta.id, meta.name, meta.title].includes(name);
}

function explainText(
  rules: readonly LoweredRule[],
  correlations: readonly LoweredCorrelation[],
  fields: Fields,
  colors: Colors,
): string {
  const trees = rules.map(({ meta, expr }) => {
    const explanation = explainMatch(expr, fields);
    const verdict = explanation.result ? colors.green('matches') : colors.red('does not match');
    return `${colors.bold(shown(meta.title))}: ${verdict}\n${explanationText(explanation, colors, '  ')}`;
  });
  // One event says nothing of a correlation but that it would count.
  const notes = correlations.map(({ meta, type }) =>
    colors.dim(`${shown(meta.title)}: a correlation (${type}) over the above; try it with \`rule eval\`\n`),
  );
  return [...trees, ...notes].join('\n');
}

function explainJson(rules: readonly LoweredRule[], fields: Fields): string {
  const explained = rules.map(({ key, meta, expr }) => {
    const explanation = explainMatch(expr, fields);
    return { rule: key, title: meta.title, matched: explanation.result, explanation };
  });
  return `${plainJson(explained, 2)}\n`;
}
