import { chooseTable } from '../../report/stage/choose-table.ts';
import { createFailureList } from '../shell/failure-list.ts';
import { namesOf } from '../stage/stage-names.ts';
import type { Surroundings } from '../shell/terminal.ts';
import type { LocalArchive } from './local-engine.ts';
import type { ReportOptions } from './report-options.ts';
import { pause } from '../../time/pause.ts';

/** openStage opens a stage's tables in Athena; the options override the stack's names of work group, database and state table. */
export async function openStage(options: ReportOptions, { now }: Surroundings): Promise<LocalArchive> {
  const { workGroup, database } = namesOf(options);
  const [{ createAthenaEngine }, { athenaClient }, { openStageCopy }] = await Promise.all([
    import('../../aws/athena/engine.ts'),
    import('../../aws/clients.ts'),
    import('../stage/stage-copy.ts'),
  ]);
  const engine = createAthenaEngine({
    client: athenaClient(),
    workGroup,
    database,
    // Ctrl-C ends the pause early, without an error.
    wait: pause,
    ...(options.reuse !== undefined && { reuseMinutes: options.reuse }),
  });
  const tables = openStageCopy(options, { now });
  return {
    engine,
    tally: { records: 0, others: 0 },
    failures: createFailureList(),
    differing: [],
    stored: true,
    paths: [],
    choose: (prepared) => chooseTable(prepared, tables),
    close: () => engine.close(),
  };
}
