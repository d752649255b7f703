import type { ParameterValue } from '../definition/parameter.ts';
import type { BoundSql } from '../definition/sql-tokens.ts';

/** Cell is one value of an answer. Whole numbers beyond 2^53 and times come as text. */
export type Cell = string | number | boolean | null;

/** Query is SQL and, separately, a value for each `?`. */
export interface Query {
  /** The report's name, for the engine's query history. */
  readonly name?: string;
  readonly sql: BoundSql;
  readonly values: readonly ParameterValue[];
}

/** EngineProgress is the progress of a query, as far as the engine reports it. */
export interface EngineProgress {
  /** In the engine's words: `QUEUED`, `RUNNING`. */
  readonly state: string;
  /** From 0 to 1. */
  readonly part?: number;
  readonly bytesScanned?: number;
  /** Calls that were throttled and retried so far. */
  readonly retries?: number;
}

/** QueryStatistics are the bytes and cost of a query, as far as the engine reports them. */
export interface QueryStatistics {
  /** Bytes read from the archive. */
  readonly bytesScanned?: number;
  /** In US dollars. */
  readonly cost?: number;
  /** The engine's own name for the run, e.g. Athena's query execution ID. */
  readonly executionId?: string;
  /** Whether the engine answered from an earlier run's result. */
  readonly reused?: boolean;
  /** Calls that were throttled and retried. */
  readonly retries?: number;
}

/** Answer is a query's rows in order, batch by batch, then its statistics. */
export interface Answer {
  readonly columns: readonly string[];
  readonly batches: AsyncIterable<readonly (readonly Cell[])[]>;
  /** Complete once the batches have been read. */
  statistics(): QueryStatistics;
}

/** QueryEngine answers queries over the archive's tables. */
export interface QueryEngine {
  /** For a person: `DuckDB 1.5.5`, `Athena, workgroup trailwatch-prod`. */
  readonly name: string;
  query(
    query: Query,
    options: { readonly signal: AbortSignal; readonly onProgress?: (progress: EngineProgress) => void },
  ): Promise<Answer>;
  close(): Promise<void>;
}
