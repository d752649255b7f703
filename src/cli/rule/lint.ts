import { lintRules } from '../../sigma/index.ts';
import { plainJson } from '../../text/escape.ts';
import { exitCode, type ExitCode } from '../shell/exit.ts';
import { readConfiguration } from '../shell/read-configuration.ts';
import type { Surroundings } from '../shell/terminal.ts';
import { plural } from '../../text/amounts.ts';
import { duplicatesOfOurs } from './duplicates.ts';
import { awsCheck } from './aws-lint.ts';
import { countsOf, problemText } from './problem-text.ts';
import { inOrder } from './rule-files.ts';
import { loadWithWarnings } from './unfed/load-with-warnings.ts';

export interface LintOptions {
  readonly config?: readonly string[];
  readonly format: 'text' | 'json';
  readonly strict?: boolean;
}

/** lintRuleFiles is `trailwatch rule lint`: what does nothing, can't happen, or is missing in rules that load. */
export async function lintRuleFiles(
  paths: readonly string[],
  options: LintOptions,
  { out, cwd }: Surroundings,
): Promise<ExitCode> {
  const configuration = await readConfiguration(options.config, cwd);
  const loaded = await loadWithWarnings(paths, cwd, configuration);
  const { files, documents, ruleSet, problems } = loaded;
  const duplicates = await duplicatesOfOurs(loaded, cwd, configuration.placeholders);
  const found = inOrder([...problems, ...duplicates, ...lintRules(documents, ruleSet, [awsCheck])]);
  const counts = countsOf(found);
  const summary = { files: files.length, documents: documents.length, ...counts };
  if (options.format === 'json') {
    await out.write(`${plainJson({ summary, problems: found }, 2)}\n`);
  } else {
    const lines = found.map((problem) => problemText(problem, out.colors));
    const { errors, warnings } = counts;
    await out.write(
      `${lines.join('')}${lines.length > 0 ? '\n' : ''}${plural(files.length, 'file')}, ` +
        `${plural(documents.length, 'document')}: ${plural(errors, 'error')}, ${plural(warnings, 'warning')}\n`,
    );
  }
  return options.strict === true && found.length > 0 ? exitCode.checkFailed : exitCode.done;
}
