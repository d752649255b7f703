import { resolve } from 'node:path';
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
    return await loadConfiguration([projectPath('config/default.yml'), ...given.map((path) => resolve(cwd, path))]);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    throw new UsageError(error.message, undefined, error);
  }
}
