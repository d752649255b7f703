import type { AccountBook } from '../../model/account-book.ts';
import { canaryReceiver, canaryRoute, isCanary } from './canary-route.ts';
import { deployingRole, deployingRoleName } from './deploying-role.ts';
import { createInhibitions, type Inhibitions, type InhibitionSettings } from './inhibit.ts';
import { labelsOf, type Labelled, type Labels } from './labels.ts';
import { createRouter, type RouteDecision, type RouteTree } from './route.ts';
import { createSuppressions, type SuppressionSettings, type SuppressionStep } from './suppress.ts';
import { createTrials, type TrialSettings, type TrialStep } from './trial.ts';

/** DeliverySettings is the part of the configuration that says who is notified of which findings. */
export interface DeliverySettings {
  readonly accounts: AccountBook;
  readonly receivers: Readonly<Record<string, unknown>>;
  readonly route: RouteTree;
  readonly suppressions: Readonly<Record<string, SuppressionSettings | 'off'>>;
  /** The roles that deploy: findings about what they do are suppressed up to the level medium. */
  readonly deployRoles: readonly string[];
  readonly inhibitions: Readonly<Record<string, InhibitionSettings | 'off'>>;
  readonly trials: Readonly<Record<string, TrialSettings | 'off'>>;
}

/**
 * Decision is what happens to a finding, as far as the finding and the time alone decide it. The route is there also when the
 * finding is suppressed or on trial: it says which receivers miss the finding.
 */
export interface Decision {
  readonly labels: Labels;
  readonly suppressions: readonly SuppressionStep[];
  /** The suppression that mutes the finding, if one does. */
  readonly suppressed: SuppressionStep | undefined;
  readonly trials: readonly TrialStep[];
  /** The trial of the finding's rule, if there is one: such a finding is counted by the trial's name, and notifies nobody. */
  readonly trial: TrialSettings | undefined;
  readonly route: RouteDecision;
}

export interface Decider {
  readonly decide: (finding: Labelled, now: Date) => Decision;
  /** decideFor decides for labels without a finding. */
  readonly decideFor: (labels: Labels, now: Date) => Decision;
  /** inhibitions says which findings mute which others; which of them are in force depends on earlier notifications. */
  readonly inhibitions: Inhibitions;
  /** expired lists the suppressions that have ended. */
  readonly expired: (now: Date) => readonly SuppressionSettings[];
  /** trials lists the trials that have ended: a summary of each is due. */
  readonly trials: (now: Date) => readonly TrialSettings[];
}

/** mutedBy says what keeps a finding from everybody, as far as a decision knows; undefined when its receivers are notified. */
export function mutedBy({ suppressed, trial, route }: Decision): 'suppressed' | 'trial' | 'none' | undefined {
  if (suppressed !== undefined) return 'suppressed';
  if (trial !== undefined) return 'trial';
  return route.to.length === 0 ? 'none' : undefined;
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
