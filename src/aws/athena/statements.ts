import type { Statements } from '../../archive/copy/copy-trail.ts';
import type { EngineProgress } from '../../report/run/query-engine.ts';
import { createAthenaEngine } from './engine.ts';
import type { AthenaOptions } from './engine.ts';

export interface AthenaStatementsOptions extends AthenaOptions {
  readonly onProgress?: (progress: EngineProgress) => void;
}

/** createAthenaStatements runs statements on Athena, whose cut-off, history and work group are those of the reports. */
export function createAthenaStatements({ onProgress, ...options }: AthenaStatementsOptions): Statements {
  const engine = createAthenaEngine(options);
  return {
    async run(text, signal) {
      const answer = await engine.query(
        { sql: { text, names: [] }, values: [] },
        { signal, ...(onProgress !== undefined && { onProgress }) },
      );
      const rows: (readonly (string | null)[])[] = [];
      for await (const batch of answer.batches) {
        for (const row of batch) rows.push(row.map((cell) => (cell === null ? null : String(cell))));
      }
      const { bytesScanned = 0, cost = 0 } = answer.statistics();
      return { rows, bytesScanned, cost };
    },
  };
}
