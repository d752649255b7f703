import { resolve } from 'node:path';
import type { PackProblem } from '../../detect/rule-pack.ts';
import type { Configuration } from '../../config/configuration.ts';
import { UsageError } from './exit.ts';
import { projectPath } from './options.ts';

/**
 * readConfiguration reads config/default.yml, and lays over it the files that were given.
 * @throws {UsageError} with all that is wrong with them.
 */
export async function readConfiguration(given: readonly string[] = [], cwd: string): Promise<Configuration> {
  // YAML and its schema cost tens of milliseconds to load: what fails before should fail at once.
  const { ConfigurationError, loadConfiguration } = await import('../../config/load-configuration.ts');
  try {
    return await loadConfiguration(configurationFiles(given, cwd));
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    throw new UsageError(error.message, undefined, error);
  }
}

/**
 * refusePackErrors ends a command when `rules:` of the configuration names rules that aren't there, or changes what they don't have.
 * @throws {UsageError} with all errors, by file and line.
 */
export async function refusePackErrors(
  problems: readonly PackProblem[],
  given: readonly string[] = [],
  cwd: string,
): Promise<void> {
  const errors = problems.filter(({ severity }) => severity === 'error');
  if (errors.length === 0) return;
  const { placeOf } = await import('../../config/place.ts');
  const files = configurationFiles(given, cwd);
  const lines = errors.map(async ({ keys, message }) => `${await placeOf(files, ['rules', ...keys])}: ${message}`);
  throw new UsageError((await Promise.all(lines)).join('\n'));
}

function configurationFiles(given: readonly string[], cwd: string): readonly string[] {
  return [projectPath('config/default.yml'), ...given.map((path) => resolve(cwd, path))];
}
