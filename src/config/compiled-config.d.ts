import type { Configuration } from './configuration.ts';

/** The stage's configuration as `deploy/build/compile.ts` wrote it at build: plain data, checked there. */
declare const compiledConfig: Configuration;
export default compiledConfig;
