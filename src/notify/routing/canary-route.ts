import type { Labels } from './labels.ts';
import type { RouteTree } from './route.ts';

/** The receiver that canaries return to; every stage has it. */
export const canaryReceiver = 'canary';

/**
 * Canaries go to their own receiver alone, whatever a stage decides of its findings: no route takes one to people, and no
 * suppression, inhibition, trial or quiet hour keeps one back.
 */
export const canaryRoute: RouteTree = {
  receivers: [canaryReceiver],
  groupBy: 'finding',
  groupWait: 0,
  throttle: 'off',
  quietHours: 'off',
  routes: [],
};

/** isCanary tells a canary by its log source, which no record of somebody else's has. */
export function isCanary({ source = [] }: Labels): boolean {
  return source[0] === 'canary' && source.at(-1) === 'trailwatch';
}
