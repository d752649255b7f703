import type { Configuration } from '../../../config/configuration.ts';
import { inOrder, loadRuleFiles, type LoadedRuleFiles } from '../rule-files.ts';
import { feedingSources } from './log-source.ts';
import { unfedProblems } from './unfed.ts';

/**
 * loadWithWarnings reads rule files, and warns of what makes their rules never fire.
 * @throws {UsageError} as loadRuleFiles does.
 */
export async function loadWithWarnings(
  paths: readonly string[],
  cwd: string,
  { placeholders, logs }: Pick<Configuration, 'placeholders' | 'logs'>,
): Promise<LoadedRuleFiles> {
  const loaded = await loadRuleFiles(paths, cwd, placeholders);
  const warnings = unfedProblems(loaded.documents, loaded.ruleSet, feedingSources(logs));
  return { ...loaded, problems: inOrder([...loaded.problems, ...warnings]) };
}
