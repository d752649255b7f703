import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { defaultPolicy, policyOf } from '../../../src/notify/routing/policy.ts';
import { createRouter, type RouteSettings, type RouteTree } from '../../../src/notify/routing/route.ts';

/**
 * Where Alertmanager's own few lines would send a finding: a node that matches asks its children in order until one takes it
 * without `continue`, and ends it itself when none does.
 * https://github.com/prometheus/alertmanager/blob/main/dispatch/route.go
 */
function ends(route: RouteTree | RouteSettings, actions: readonly string[]): readonly (RouteTree | RouteSettings)[] {
  const match = 'match' in route ? (route.match.action ?? actions) : actions;
  if (!match.some((action) => actions.includes(action))) return [];
  const all: (RouteTree | RouteSettings)[] = [];
  for (const child of route.routes) {
    const taken = ends(child, actions);
    all.push(...taken);
    if (taken.length > 0 && !child.continue) break;
  }
  return all.length > 0 ? all : [route];
}

const letters = ['a', 'b', 'c'];
const subset = fc.subarray(letters, { minLength: 1 });
const { tree } = fc.letrec<{ tree: RouteSettings }>((tie) => ({
  tree: fc.record(
    {
      match: fc.record({ action: subset }),
      continue: fc.boolean(),
      receivers: fc.subarray(['x', 'y', 'z']),
      groupWait: fc.constantFrom(0, 1, 2),
      routes: fc.oneof(
        { maxDepth: 3, withCrossShrink: true },
        fc.constant([]),
        fc.array(tie('tree'), { maxLength: 3 }),
      ),
    },
    { requiredKeys: ['match', 'continue', 'receivers', 'groupWait', 'routes'] },
  ),
}));

test('findings go where Alertmanager would send them, to each receiver once, with the policy of the first route', () => {
  fc.assert(
    fc.property(fc.array(tree, { maxLength: 4 }), subset, (routes, action) => {
      const root: RouteTree = { receivers: ['root'], routes };
      const wanted = new Map<string, number>();
      for (const { receivers = [], groupWait = 0 } of ends(root, action)) {
        for (const receiver of receivers) if (!wanted.has(receiver)) wanted.set(receiver, groupWait);
      }
      const { to } = createRouter(root, [])({ action });
      expect(to).toEqual(
        [...wanted].map(([receiver, groupWait]) => ({ receiver, policy: policyOf(defaultPolicy, { groupWait }) })),
      );
    }),
    { numRuns: 400 },
  );
});
