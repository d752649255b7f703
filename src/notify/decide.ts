import { labelsOf, type Labelled, type Labels } from './labels.ts';
import { createRouter, type RouteDecision, type RouteTree } from './route.ts';
import { createSuppressions, type SuppressionSettings, type SuppressionStep } from './suppress.ts';

/** DeliverySettings is what people decided about who is told what. */
export interface DeliverySettings {
  readonly accounts: Readonly<Record<string, string>>;
  readonly receivers: Readonly<Record<string, unknown>>;
  readonly route: RouteTree;
  readonly suppressions: Readonly<Record<string, SuppressionSettings | 'off'>>;
}

/** Decision is what shall become of a finding. The route is there also when it is suppressed: it says what is missed. */
export interface Decision {
  readonly labels: Labels;
  readonly suppressions: readonly SuppressionStep[];
  /** The suppression that keeps the finding from everybody, if one does. */
  readonly suppressed: SuppressionStep | undefined;
  readonly route: RouteDecision;
}

export interface Decider {
  readonly decide: (finding: Labelled, now: Date) => Decision;
  /** decideFor decides by labels that somebody gives. */
  readonly decideFor: (labels: Labels, now: Date) => Decision;
  /** expired names the suppressions that no longer work. */
  readonly expired: (now: Date) => readonly SuppressionSettings[];
}

/** createDecider compiles the settings; a decision then depends on the finding and the time alone. */
export function createDecider({ accounts, receivers, route, suppressions }: DeliverySettings): Decider {
  const router = createRouter(route, Object.keys(receivers));
  const { decide, expired } = createSuppressions(Object.values(suppressions).filter((each) => each !== 'off'));
  const decideFor = (labels: Labels, now: Date): Decision => {
    const steps = decide(labels, now);
    const suppressed = steps.find(({ kind }) => kind === 'suppresses');
    return { labels, suppressions: steps, suppressed, route: router(labels) };
  };
  return { decide: (finding, now) => decideFor(labelsOf(finding, accounts), now), decideFor, expired };
}
