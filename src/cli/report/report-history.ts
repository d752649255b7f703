import { plain } from '../../text/escape.ts';
import type { PastQuery } from '../../report/stage/query-history.ts';
import { exitCode, UsageError } from '../shell/exit.ts';
import type { ExitCode } from '../shell/exit.ts';
import { reasonOf } from '../shell/write-error.ts';
import { namesOf } from '../stage/stage-names.ts';
import type { StageOptions } from '../stage/stage-names.ts';
import type { Surroundings } from '../shell/terminal.ts';
import { bytes, duration, plural } from '../../text/amounts.ts';

/** HistoryOptions are the flags of `trailwatch report history`. */
export interface HistoryOptions extends StageOptions {
  readonly format: 'table' | 'json';
  readonly last: number;
  /** Whether queries that are not reports are listed too. */
  readonly all: boolean;
}

/** reportHistory lists the queries of a stage's work group: those of this command, of the stage's function, and of the console. */
export async function reportHistory(options: HistoryOptions, { out, err }: Surroundings): Promise<ExitCode> {
  const { workGroup } = namesOf(options);
  const [{ createAthenaHistory }, { athenaClient }] = await Promise.all([
    import('../../aws/athena/history.ts'),
    import('../../aws/clients.ts'),
  ]);
  const client = athenaClient();
  let past: readonly PastQuery[];
  try {
    past = await createAthenaHistory(client, workGroup).list(options.last);
  } catch (error) {
    throw new UsageError(
      `cannot read the query history of work group ${workGroup}: ${reasonOf(error)}`,
      undefined,
      error,
    );
  } finally {
    client.destroy();
  }
  const chosen = past.filter(({ report }) => options.all || report !== undefined);
  if (options.format === 'json') await out.write(`${JSON.stringify(chosen, undefined, 2)}\n`);
  else await out.write(chosen.map(lineOf).join(''));
  const others = past.length - chosen.length;
  await err.write(
    `${plural(chosen.length, 'query', 'queries')} of the last ${past.length} in ${workGroup}${others > 0 ? `; --all also shows ${others} that ${others === 1 ? 'is' : 'are'} not reports` : ''}\n`,
  );
  return exitCode.done;
}

function lineOf({
  report,
  executionId,
  state,
  submittedAt,
  elapsedMs,
  bytesScanned,
  cost,
  reused,
  reason,
}: PastQuery): string {
  const read = reused ? 'reused result' : `${bytes(bytesScanned)}, $${cost.toFixed(4)}`;
  const why = reason === undefined ? '' : `  ${plain(reason).slice(0, 160)}`;
  return `${submittedAt.slice(0, 19)}Z  ${(report ?? '(not a report)').padEnd(28)}  ${state.toLowerCase().padEnd(9)}  ${duration(elapsedMs)}, ${read}  ${executionId}${why}\n`;
}
