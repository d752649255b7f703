// What the command line and the evidence say numbers with is one and the same.
export { bytes, count, duration, plural, span } from '../text/amounts.ts';
