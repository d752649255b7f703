/**
 * Compiles the saved reports: into the module that functions load as `#compiled-reports`, and into what the stack needs of them, with
 * `?` where a parameter goes, and with a stage's schedules:
 *
 *     node deploy/build/compile-reports.ts [--stage STAGE] [--out FOLDER]
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ConfigurationError } from '../../src/config/load-configuration.ts';
import { loadReports } from '../../src/report/definition/load-reports.ts';
import { ReportError } from '../../src/report/definition/report-error.ts';
import { scheduledReports } from '../../src/report/stage/schedule.ts';
import { bindSql } from '../../src/report/definition/sql-tokens.ts';
import { stageConfiguration } from './compile-config.ts';
import { dataModule, writeWhole } from './data-module.ts';

const root = join(import.meta.dirname, '../..');

/** compileReports writes every report. @throws {ReportError} with every error; nothing was written. */
export async function compileReports({
  stage = 'dev',
  out = join(root, '.build'),
}: { readonly stage?: string; readonly out?: string } = {}): Promise<void> {
  const reports = await loadReports(join(root, 'queries'), 'queries');
  const { reports: settings } = await stageConfiguration(stage);
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { readonly version: string };
  const saved = reports.map(({ name, title, question, reads, sql }) => ({
    name,
    title,
    question,
    reads,
    ...bindSql(sql),
  }));
  const schedules = scheduledReports(reports, settings);
  await writeWhole(join(out, 'reports.json'), `${JSON.stringify(saved)}\n`);
  await writeWhole(join(out, `report-schedules-${stage}.json`), `${JSON.stringify(schedules)}\n`);
  const note = 'Written by deploy/build/compile-reports.ts; edit queries/ instead.';
  await writeWhole(join(out, 'compiled-reports.mjs'), dataModule({ version, reports }, note));
}

// Not `import.meta.main`: a Node before 24.2 has none, and would do nothing without a word.
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { out, stage } = parseArgs({ options: { out: { type: 'string' }, stage: { type: 'string' } } }).values;
  try {
    await compileReports({ ...(stage !== undefined && { stage }), ...(out !== undefined && { out }) });
  } catch (error) {
    if (!(error instanceof ReportError || error instanceof ConfigurationError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
