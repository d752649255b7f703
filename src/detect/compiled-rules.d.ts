import type { LoweredRuleSet } from '../sigma/match.ts';

/** The rules as `deploy/build/compile.ts` wrote them at build: plain data, so that a Lambda loads them without YAML. */
declare const compiledRules: LoweredRuleSet;
export default compiledRules;
