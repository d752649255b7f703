import type { Cell } from './query-engine.ts';

export type Row = readonly Cell[];

/** Rows are an answer's rows, complete and in order, to be read as often as needed: in memory, or on disk when they are many. */
export type Rows = readonly Row[] | SpooledRows;

export interface SpooledRows extends AsyncIterable<Row> {
  readonly length: number;
}
