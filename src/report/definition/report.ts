import type { ParameterDefinition } from './parameter.ts';

/** The types of a report's column; the rows of every engine are converted to them. */
export const columnTypes = ['text', 'integer', 'number', 'boolean', 'time'] as const;
export type ColumnType = (typeof columnTypes)[number];

/** Column is one column of a report's answer, in the query's order. */
export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  /** What the value means, for the reader of the evidence. */
  readonly meaning: string;
}

/** Control is a requirement that the report supports: `CIS AWS Foundations 3.0.0`, `1.7`. */
export interface Control {
  readonly framework: string;
  readonly id: string;
}

/** Chart names the columns of the answer's bar chart: a bar for each value of `label`, with the sum of `value`. */
export interface Chart {
  readonly label: string;
  /** Without it rows are counted. */
  readonly value?: string;
}

/** The tables that a report can read; a local engine fills only those that its reports read. */
export const tableNames = ['cloudtrail', 'host_auth', 'findings', 'deliveries'] as const;
export type TableName = (typeof tableNames)[number];

/** Report is a saved query with a name: its question, parameters, columns and SQL. */
export interface Report {
  /** The file's name without its ending, e.g. `root-activity`. */
  readonly name: string;
  readonly title: string;
  readonly question: string;
  readonly group: string;
  readonly reads: readonly TableName[];
  readonly parameters: readonly ParameterDefinition[];
  readonly columns: readonly Column[];
  readonly controls: readonly Control[];
  /** When to run it, in words: `weekly`, `quarterly`. */
  readonly schedule: string;
  /** The default period, as `--period` takes it. */
  readonly period: string;
  readonly reading: string;
  readonly chart?: Chart;
  /** The SQL as written, in Athena's dialect, with `:name` where a parameter goes. */
  readonly sql: string;
}
