import type { Configuration } from '../../config/configuration.ts';
import { createDecider, mutedBy, receiversOf } from '../../notify/index.ts';
import type { Decision, DeliverySettings, InhibitionStep, Labels } from '../../notify/index.ts';

/** Decided is a decision with what else is to be shown of it. */
export interface Decided {
  readonly decision: Decision;
  readonly inhibitions: readonly InhibitionStep[];
  readonly at: Date;
  readonly readByProgram: (receiver: string) => boolean;
}

/** decideRoute decides about a finding with these labels as a stage with this configuration does at that time. */
export function decideRoute(
  labels: Labels,
  at: Date,
  configuration: Pick<Configuration, keyof DeliverySettings>,
): Decided {
  const decider = createDecider(configuration);
  const receivers = receiversOf(configuration.receivers);
  const programs = new Set(receivers.filter(({ grouping }) => grouping === 'each').map(({ name }) => name));
  return {
    decision: decider.decideFor(labels, at),
    inhibitions: decider.inhibitions.steps(labels),
    at,
    readByProgram: (receiver) => programs.has(receiver),
  };
}

/** reachedBy names the receivers that are notified, unless an earlier finding inhibits this one. */
export function reachedBy(decision: Decision): readonly string[] {
  return mutedBy(decision) === undefined ? decision.route.receivers : [];
}
