import { chooseTable } from '../../report/stage/choose-table.ts';
import { createFailureList } from '../shell/failure-list.ts';
import { namesOf } from '../stage/stage-names.ts';
import type { Surroundings } from '../shell/terminal.ts';
import type { LocalArchive } from './local-engine.ts';
import type { ReportOptions } from './report-options.ts';
import { pause } from '../../time/pause.ts';

/** openStage asks a stage's Athena: work group, database and state table are named as the stack names them. */
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
    // Woken early by Ctrl-C, which is no failure of waiting.
    wait: pause,
    ...(options.reuse !== undefined && { reuseMinutes: options.reuse }),
  });
  const tables = openStageCopy(options, { now });
  return {
    engine,
    tally: { records: 0, others: 0 },
    failures: createFailureList(),
    stored: true,
    paths: [],
    choose: (prepared) => chooseTable(prepared, tables),
    close: () => engine.close(),
  };
}
