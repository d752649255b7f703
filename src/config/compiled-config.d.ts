import type { Configuration } from './configuration.ts';

/** The stage's configuration as `deploy/build/compile-config.ts` wrote it at build: plain data, checked there. */
declare const compiledConfig: Configuration;
export default compiledConfig;
