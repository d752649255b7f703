import type { Labels } from './labels.ts';
import type { RouteTree } from './route.ts';

/** canaryReceiver is the name of the receiver that canaries return to; every stage has it. */
export const canaryReceiver = 'canary';

/**
 * canaryRoute sends canaries to their own receiver alone, whatever a stage decides about its findings: no route takes one to
 * people, and no suppression, inhibition, trial or quiet hour holds one back.
 */
export const canaryRoute: RouteTree = {
  receivers: [canaryReceiver],
  groupBy: 'finding',
  groupWait: 0,
  throttle: 'off',
  quietHours: 'off',
  routes: [],
};

/** isCanary recognises a canary by its log source, which no record from outside can have. */
export function isCanary({ source = [] }: Labels): boolean {
  return source[0] === 'canary' && source.at(-1) === 'trailwatch';
}
