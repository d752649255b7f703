import type { CopyParts } from '../../archive/copy/copy-trail.ts';
import { createAthenaStatements } from '../../aws/athena/statements.ts';
import { athenaClient, dynamodbClient, glueClient } from '../../aws/clients.ts';
import { createDynamoCopyLease, createDynamoCopyLedger } from '../../aws/state-table/copy-ledger.ts';
import { createGlueCatalog } from '../../aws/athena/glue-catalog.ts';
import type { EngineProgress } from '../../report/run/query-engine.ts';
import { namesOf } from './stage-names.ts';
import type { StageOptions } from './stage-names.ts';
import { pause } from '../../time/pause.ts';

/** openStageCopy opens the clients that write and read a stage's columnar copy. */
export function openStageCopy(
  options: StageOptions,
  { now, onProgress }: { readonly now: () => Date; readonly onProgress?: (progress: EngineProgress) => void },
): CopyParts {
  const { workGroup, database, stateTable } = namesOf(options);
  const state = { client: dynamodbClient(), table: stateTable };
  return {
    statements: createAthenaStatements({
      client: athenaClient(),
      workGroup,
      database,
      // Ctrl-C ends the pause early, without an error.
      wait: pause,
      ...(onProgress !== undefined && { onProgress }),
    }),
    catalog: createGlueCatalog(glueClient(), database),
    ledgerOf: (location) => createDynamoCopyLedger(state, location),
    lease: createDynamoCopyLease(state),
    now,
  };
}
