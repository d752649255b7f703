import { packRules } from '../../../detect/rule-pack.ts';
import { plural } from '../../../text/amounts.ts';
import { plainJson } from '../../../text/escape.ts';
import { exitCode, type ExitCode } from '../../shell/exit.ts';
import { projectPath } from '../../shell/options.ts';
import { readConfiguration } from '../../shell/read-configuration.ts';
import type { Surroundings } from '../../shell/terminal.ts';
import { loadRuleFiles, shortPath } from '../rule-files.ts';
import { coverageOf, type Coverage } from './matrix.ts';
import { navigatorLayer } from './navigator.ts';
import { coveragePage } from './page.ts';
import { coverageText } from './text.ts';

export interface CoverageOptions {
  readonly config?: readonly string[];
  readonly format: 'text' | 'json' | 'navigator' | 'html';
}

/** showCoverage is `trailwatch rule coverage`: ATT&CK's matrix of the rules that are on and raise findings of their own. */
export async function showCoverage(
  paths: readonly string[],
  options: CoverageOptions,
  { out, err, cwd }: Surroundings,
): Promise<ExitCode> {
  const given = paths.length === 0 ? [projectPath('rules')] : paths;
  const { placeholders, rules: pack } = await readConfiguration(options.config, cwd);
  const { ruleSet, problems } = await loadRuleFiles(given, cwd, placeholders);
  const { detections, correlations } = packRules(ruleSet, pack, () => shortPath(given[0] ?? cwd, cwd)).ruleSet;
  const coverage = coverageOf(
    [...detections, ...correlations]
      .filter(({ generate }) => generate)
      .map(({ key, meta }) => ({ id: key, title: meta.title, level: meta.level ?? 'medium', tags: meta.tags })),
  );
  await out.write(written(coverage, options, out));
  const refused = problems.filter(({ severity }) => severity === 'error').length;
  if (refused > 0) await err.write(`${plural(refused, 'error')} in the rules; \`trailwatch rule check\` lists all\n`);
  return refused > 0 ? exitCode.checkFailed : exitCode.done;
}

function written(coverage: Coverage, { format }: CoverageOptions, { width, colors }: Surroundings['out']): string {
  switch (format) {
    case 'json':
      return `${plainJson(coverage, 2)}\n`;
    case 'navigator':
      return `${plainJson(navigatorLayer(coverage, 'Trailwatch rules'), 2)}\n`;
    case 'html':
      return coveragePage(coverage);
    case 'text': {
      const { rules, techniques, without } = coverage;
      const summary = `${plural(rules, 'rule')}, ${plural(techniques, 'technique')}; ${plural(without, 'rule')} without a technique`;
      return `${coverageText(coverage, width, colors)}\n${summary}\n`;
    }
    default:
      throw new Error(format satisfies never);
  }
}
