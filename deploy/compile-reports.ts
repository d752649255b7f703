/**
 * Compiles the saved reports into what the stack needs of them, with `?` where a parameter goes:
 *
 *     node deploy/compile-reports.ts [--out FILE]
 */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { loadReports } from '../src/report/load-reports.ts';
import { ReportError } from '../src/report/report-error.ts';
import { bindSql } from '../src/report/sql-text.ts';
import { writeWhole } from './data-module.ts';

const root = join(import.meta.dirname, '..');

/** compileReports writes every report as JSON. @throws {ReportError} with every error; nothing was written. */
export async function compileReports(out = join(root, '.build', 'reports.json')): Promise<void> {
  const reports = await loadReports(join(root, 'queries'), 'queries');
  const compiled = reports.map(({ name, title, question, reads, sql }) => ({
    name,
    title,
    question,
    reads,
    ...bindSql(sql),
  }));
  await writeWhole(out, `${JSON.stringify(compiled)}\n`);
}

// Not `import.meta.main`: a Node before 24.2 has none, and would do nothing without a word.
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { out } = parseArgs({ options: { out: { type: 'string' } } }).values;
  try {
    await compileReports(out);
  } catch (error) {
    if (!(error instanceof ReportError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
