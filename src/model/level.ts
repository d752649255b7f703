/** A finding has its rule's level, so the levels are Sigma's, declared there once. */
export { isAtLeast, levels, type Level } from '../sigma/level.ts';
