import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { loadConfiguration } from '../../src/config/load-configuration.ts';
import type { Configuration } from '../../src/config/configuration.ts';
import { loadReports } from '../../src/report/definition/load-reports.ts';
import { scheduledReports } from '../../src/report/stage/schedule.ts';
import type { StageSources } from '../stage.ts';

/**
 * loadSources reads the configuration of a stage and the reports.
 * @throws {ConfigurationError | ReportError} with every error of the files.
 */
export async function loadSources(root: string, stage: string, config = join(root, 'config')): Promise<StageSources> {
  const configuration = await stageConfiguration(config, stage);
  const reports = await loadReports(join(root, 'queries'), 'queries');
  return { configuration, reports, schedules: scheduledReports(reports, configuration.reports) };
}

/**
 * stageConfiguration reads default.yml of a folder, with the stage's file laid over it when there is one.
 * @throws {ConfigurationError} with every error.
 */
export async function stageConfiguration(folder: string, stage: string): Promise<Configuration> {
  const own = join(folder, `${stage}.yml`);
  const exists = await stat(own).then(
    () => true,
    () => false,
  );
  return loadConfiguration([join(folder, 'default.yml'), ...(exists ? [own] : [])]);
}
