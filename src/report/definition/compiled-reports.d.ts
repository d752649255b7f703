import type { Report } from './report.ts';

/** The saved reports as `deploy/build/compile.ts` wrote them at build: plain data, checked there. */
declare const compiledReports: { readonly version: string; readonly reports: readonly Report[] };
export default compiledReports;
