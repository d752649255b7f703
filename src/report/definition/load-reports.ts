import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseReport } from './definition.ts';
import type { Report } from './report.ts';
import { ReportError } from './report-error.ts';
import { withShared, wordsOf } from './sql-tokens.ts';

/** loadReports reads every report of a folder, in order of their names. @throws {ReportError} with all errors. */
export async function loadReports(folder: string, shownAs = folder): Promise<readonly Report[]> {
  const files = await readdir(folder).catch((cause: unknown) => {
    throw new ReportError('usage', `${shownAs}: folder of reports not found`, { cause });
  });
  const names = files.filter((file) => file.endsWith('.yml')).map((file) => file.slice(0, -4));
  const strays = files.filter((file) => file.endsWith('.sql') && !names.includes(file.slice(0, -4)));
  const problems = strays.map((file) => `${shownAs}/${file}: expected its definition in ${file.slice(0, -4)}.yml`);
  const shared = await readShared(join(folder, 'shared'));
  const reports: Report[] = [];
  for (const name of names.toSorted()) {
    const path = `${shownAs}/${name}.yml`;
    try {
      const yaml = await readFile(join(folder, `${name}.yml`), 'utf8');
      const own = await readFile(join(folder, `${name}.sql`), 'utf8').catch((cause: unknown) => {
        throw new ReportError('definition', `${path}: expected its SQL in ${name}.sql`, { cause });
      });
      const sql = withShared(own, needed(own, shared));
      reports.push(parseReport({ name, path, yaml, sql }));
    } catch (error) {
      if (!(error instanceof ReportError)) throw error;
      problems.push(error.message);
    }
  }
  if (problems.length > 0) throw new ReportError('definition', problems.join('\n'));
  return reports;
}

interface SharedSql {
  readonly name: string;
  readonly sql: string;
}

/** Shared WITH queries, `queries/shared/<name>.sql`: written once, and put in front of every report that reads from them. */
async function readShared(folder: string): Promise<readonly SharedSql[]> {
  const files = await readdir(folder).catch(() => []);
  return Promise.all(
    files
      .filter((file) => file.endsWith('.sql'))
      .toSorted()
      .map(async (file) => ({ name: file.slice(0, -4), sql: await readFile(join(folder, file), 'utf8') })),
  );
}

/** The shared queries that a report reads from, directly or through another one, each before the queries that read it. */
function needed(sql: string, shared: readonly SharedSql[]): readonly SharedSql[] {
  const words = wordsOf(sql);
  const direct = shared.filter((one) => words.has(one.name));
  const readBy = (one: SharedSql): readonly SharedSql[] =>
    needed(
      one.sql,
      shared.filter((other) => other !== one),
    );
  return [...new Set(direct.flatMap((one) => [...readBy(one), one]))];
}
