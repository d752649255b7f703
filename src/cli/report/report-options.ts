import type { StageOptions } from '../stage/stage-names.ts';

export const reportFormats = ['table', 'csv', 'json', 'html'] as const;

/** ReportOptions are the flags of `trailwatch report run`. */
export interface ReportOptions extends StageOptions {
  readonly control?: string;
  readonly archive?: readonly string[];
  /** The local store that keeps the files read from a bucket. */
  readonly store?: string;
  /** Minutes. */
  readonly reuse?: number;
  readonly period?: string;
  readonly from?: string;
  readonly to?: string;
  readonly account?: string;
  readonly region?: string;
  readonly param: Readonly<Record<string, string>>;
  readonly format: (typeof reportFormats)[number];
  readonly out?: string;
  readonly evidence?: string;
  readonly maxRows: number;
}
