import { setTimeout as sleep } from 'node:timers/promises';
import { createFailureList } from '../failure-list.ts';
import { UsageError } from '../exit.ts';
import type { LocalArchive } from './local-engine.ts';
import type { ReportOptions } from './report-options.ts';

/** openStage asks a stage's Athena: work group and database are named as the stack names them. */
export async function openStage({ stage = '', workGroup, database }: ReportOptions): Promise<LocalArchive> {
  if (!/^[a-z][a-z0-9-]{0,40}$/.test(stage)) throw new UsageError(`--stage ${stage}: no name of a stage, such as prod`);
  const [{ createAthenaEngine }, { athenaClient }] = await Promise.all([
    import('../../aws/athena-engine.ts'),
    import('../../aws/clients.ts'),
  ]);
  const engine = createAthenaEngine({
    client: athenaClient(),
    workGroup: workGroup ?? `trailwatch-${stage}-reports`,
    database: database ?? `trailwatch_${stage.replaceAll('-', '_')}`,
    // Woken early by Ctrl-C, which is no failure of waiting.
    wait: (ms, signal) => sleep(ms, undefined, { signal }).catch(() => undefined),
  });
  return {
    engine,
    tally: { records: 0, others: 0, failed: 0 },
    failures: createFailureList(),
    stored: true,
    close: () => engine.close(),
  };
}
