import type { GroupPolicy } from './group-policy.ts';
import type { Labels } from './labels.ts';
import { compileCondition, conditionText, type Condition, type Verdict } from './match.ts';
import { defaultPolicy, policyOf, type PolicySettings } from './policy.ts';

/** RouteSettings is a route as configured. */
export interface RouteSettings extends Condition, PolicySettings {
  readonly name?: string;
  /** Names of receivers. An empty list stands for `none`; without a list, the receivers are those of the route above. */
  readonly receivers?: readonly string[];
  /** Whether a finding that this route takes goes on to the routes after it. */
  readonly continue: boolean;
  readonly routes: readonly RouteSettings[];
}

/** RouteTree is all routes: its root takes the findings that no route below it takes. */
export type RouteTree = Pick<RouteSettings, 'receivers' | 'routes' | keyof PolicySettings>;

/** RouteStep is what one route did with a finding. */
export interface RouteStep {
  readonly name: string;
  /** `not-asked` when an earlier route took the finding. */
  readonly kind: 'takes' | 'passes' | 'not-asked';
  readonly why: string;
  /** Whether this route decides: the deepest one that takes the finding. */
  readonly decides: boolean;
  /** Whether the finding goes on to the routes after it. */
  readonly continues: boolean;
  /** The receivers of the findings that this route decides; empty for none. */
  readonly receivers: readonly string[];
  /** How the route groups them, and when it notifies. */
  readonly policy: GroupPolicy;
  readonly steps: readonly RouteStep[];
}

/** Addressee is a receiver that a finding goes to, with the policy of the route that named it. */
export interface Addressee {
  readonly receiver: string;
  readonly policy: GroupPolicy;
}

/** RouteDecision is where a finding goes, and why. Without addressees, the configuration sends it nowhere. */
export interface RouteDecision {
  /** Each receiver once; where several routes name one, the policy of the first applies. */
  readonly to: readonly Addressee[];
  /** The names of the receivers in `to`. */
  readonly receivers: readonly string[];
  readonly why: string;
  readonly tree: RouteStep;
}

interface CompiledRoute {
  readonly name: string;
  readonly test: (labels: Labels) => Verdict;
  readonly receivers: readonly string[];
  readonly policy: GroupPolicy;
  readonly continue: boolean;
  readonly routes: readonly CompiledRoute[];
}

/**
 * createRouter turns the tree into a function of labels, with Alertmanager's meaning: a route asks the routes below it in their
 * order, the first that takes a finding keeps it unless it says `continue`, and the deepest one decides.
 * @param all the names of all receivers: the receivers of a root that names none.
 */
export function createRouter(tree: RouteTree, all: readonly string[]): (labels: Labels) => RouteDecision {
  const everything = { match: {}, continue: false, name: 'route', receivers: all };
  const root = compile({ ...everything, ...tree }, [], defaultPolicy);
  return (labels) => {
    const steps = walk(root, labels, { fits: true, why: 'no route below takes it' });
    const ends = endsOf(steps, []);
    const to = new Map<string, Addressee>();
    for (const { receivers, policy } of ends.map(({ step }) => step)) {
      for (const receiver of receivers) if (!to.has(receiver)) to.set(receiver, { receiver, policy });
    }
    return {
      to: [...to.values()],
      receivers: [...to.keys()],
      why: ends.map(({ path, step }) => `${path.join(' › ')}: ${step.why}`).join('; '),
      tree: steps,
    };
  };
}

function compile(route: RouteSettings, inherited: readonly string[], above: GroupPolicy): CompiledRoute {
  const receivers = route.receivers ?? inherited;
  const policy = policyOf(above, route);
  return {
    name: route.name ?? conditionText(route),
    test: compileCondition(route),
    receivers,
    policy,
    continue: route.continue,
    routes: route.routes.map((below) => compile(below, receivers, policy)),
  };
}

function walk(route: CompiledRoute, labels: Labels, { why }: Verdict): RouteStep {
  let kept = false;
  const steps = route.routes.map((below): RouteStep => {
    const { name, receivers, policy, continue: continues } = below;
    const rest = { name, decides: false, continues, receivers, policy, steps: [] };
    if (kept) return { ...rest, kind: 'not-asked', why: 'a route before it kept the finding' };
    const verdict = below.test(labels);
    if (!verdict.fits) return { ...rest, kind: 'passes', why: verdict.why };
    kept = !below.continue;
    return walk(below, labels, verdict);
  });
  const decides = steps.every(({ kind }) => kind !== 'takes');
  const { name, continue: continues, receivers, policy } = route;
  return { name, kind: 'takes', why, decides, continues, receivers, policy, steps };
}

function endsOf(
  step: RouteStep,
  above: readonly string[],
): readonly { readonly step: RouteStep; readonly path: readonly string[] }[] {
  const path = [...above, step.name];
  return step.decides ? [{ step, path }] : step.steps.filter(takes).flatMap((below) => endsOf(below, path));
}

function takes({ kind }: RouteStep): boolean {
  return kind === 'takes';
}
