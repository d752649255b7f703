import type { Cell } from './query-engine.ts';

export type Row = readonly Cell[];

/** Rows are an answer's rows, complete and in order, readable many times: in memory, or on disk when there are many. */
export type Rows = readonly Row[] | SpooledRows;

export interface SpooledRows extends AsyncIterable<Row> {
  readonly length: number;
}
