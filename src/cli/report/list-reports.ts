import { exitCode } from '../shell/exit.ts';
import type { ExitCode } from '../shell/exit.ts';
import type { Surroundings } from '../shell/terminal.ts';
import { plural } from '../../text/amounts.ts';
import { readReports, showingControls } from './read-reports.ts';

/** listReports prints every report under its group. */
export async function listReports(
  options: { readonly format: 'table' | 'json'; readonly control?: string },
  { out, err }: Surroundings,
): Promise<ExitCode> {
  const all = await readReports();
  const reports = options.control === undefined ? all : showingControls(all, options.control);
  if (options.format === 'json') {
    const plain = reports.map(({ sql: _sql, ...rest }) => rest);
    await out.write(`${JSON.stringify(plain, undefined, 2)}\n`);
    return exitCode.done;
  }
  const width = Math.max(...reports.map(({ name }) => name.length));
  for (const group of new Set(reports.map((report) => report.group))) {
    const lines = reports
      .filter((report) => report.group === group)
      .map(({ name, question }) => `  ${out.colors.cyan(name.padEnd(width))}  ${question}`);
    await out.write(`${out.colors.bold(group)}\n${lines.join('\n')}\n\n`);
  }
  await err.write(`${plural(reports.length, 'report')}; \`trailwatch report show NAME\` describes one.\n`);
  return exitCode.done;
}
