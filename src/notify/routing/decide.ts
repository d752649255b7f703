import type { AccountBook } from '../../model/account-book.ts';
import { canaryReceiver, canaryRoute, isCanary } from './canary-route.ts';
import { deployingRole, deployingRoleName } from './deploying-role.ts';
import { createInhibitions, type Inhibitions, type InhibitionSettings } from './inhibit.ts';
import { labelsOf, type Labelled, type Labels } from './labels.ts';
import { createRouter, type RouteDecision, type RouteTree } from './route.ts';
import { createSuppressions, type SuppressionSettings, type SuppressionStep } from './suppress.ts';
import { createTrials, type TrialSettings, type TrialStep } from './trial.ts';

/** DeliverySettings is what people decided about who is told what. */
export interface DeliverySettings {
  readonly accounts: AccountBook;
  readonly receivers: Readonly<Record<string, unknown>>;
  readonly route: RouteTree;
  readonly suppressions: Readonly<Record<string, SuppressionSettings | 'off'>>;
  /** The roles that deploy: what they do up to medium is suppressed. */
  readonly deployRoles: readonly string[];
  readonly inhibitions: Readonly<Record<string, InhibitionSettings | 'off'>>;
  readonly trials: Readonly<Record<string, TrialSettings | 'off'>>;
}

/**
 * Decision is what shall become of a finding, as far as the finding and the time alone decide it. The route is there also
 * when it is suppressed or on trial: it says what is missed.
 */
export interface Decision {
  readonly labels: Labels;
  readonly suppressions: readonly SuppressionStep[];
  /** The suppression that keeps the finding from everybody, if one does. */
  readonly suppressed: SuppressionStep | undefined;
  readonly trials: readonly TrialStep[];
  /** The trial of the finding's rule, if there is one: counted by its name, and told to nobody. */
  readonly trial: TrialSettings | undefined;
  readonly route: RouteDecision;
}

export interface Decider {
  readonly decide: (finding: Labelled, now: Date) => Decision;
  /** decideFor decides by labels that somebody gives. */
  readonly decideFor: (labels: Labels, now: Date) => Decision;
  /** inhibitions says which findings mute which; what is in force depends on what was told before. */
  readonly inhibitions: Inhibitions;
  /** expired names the suppressions that no longer work. */
  readonly expired: (now: Date) => readonly SuppressionSettings[];
  /** trials names the trials that have ended: what they would have told is to be reported. */
  readonly trials: (now: Date) => readonly TrialSettings[];
}

/** createDecider compiles the settings; a decision then depends on the finding and the time alone. */
export function createDecider({ accounts, receivers, route, ...settings }: DeliverySettings): Decider {
  const router = createRouter(route, Object.keys(receivers));
  const builtIn = settings.deployRoles.length === 0 ? {} : { [deployingRoleName]: deployingRole(settings.deployRoles) };
  const suppressions = createSuppressions(present({ ...builtIn, ...settings.suppressions }));
  const inhibitions = createInhibitions(present(settings.inhibitions));
  const trials = createTrials(present(settings.trials));
  const canaryRouter = createRouter(canaryRoute, [canaryReceiver]);
  const decideFor = (labels: Labels, now: Date): Decision => {
    if (isCanary(labels)) {
      return {
        labels,
        suppressions: [],
        suppressed: undefined,
        trials: [],
        trial: undefined,
        route: canaryRouter(labels),
      };
    }
    const steps = suppressions.decide(labels, now);
    const tried = trials.decide(labels, now);
    return {
      labels,
      suppressions: steps,
      suppressed: steps.find(({ kind }) => kind === 'suppresses'),
      trials: tried,
      trial: tried.find(({ kind }) => kind === 'tries')?.trial,
      route: router(labels),
    };
  };
  return {
    decide: (finding, now) => decideFor(labelsOf(finding, accounts), now),
    decideFor,
    inhibitions: {
      steps: inhibitions.steps,
      starts: (labels, now) => (isCanary(labels) ? [] : inhibitions.starts(labels, now)),
      muting: (labels) => (isCanary(labels) ? [] : inhibitions.muting(labels)),
    },
    expired: suppressions.expired,
    trials: trials.ended,
  };
}

function present<Settings extends object>(all: Readonly<Record<string, Settings | 'off'>>): readonly Settings[] {
  return Object.values(all).filter((each) => each !== 'off');
}
