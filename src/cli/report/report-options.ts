export const reportFormats = ['table', 'csv', 'json', 'html'] as const;

/** ReportOptions are the flags of `trailwatch report run`. */
export interface ReportOptions {
  readonly control?: string;
  readonly archive?: readonly string[];
  readonly stage?: string;
  readonly workGroup?: string;
  readonly database?: string;
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
