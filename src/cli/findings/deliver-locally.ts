import type { Configuration } from '../../config/configuration.ts';
import type { Level } from '../../model/level.ts';
import { createDecider, receiversOf, simulateDelivery } from '../../notify/index.ts';
import type { DeliverySettings } from '../../notify/index.ts';
import { createCasebook } from './casebook/casebook.ts';
import type { Case, CasebookLimits } from './casebook/casebook.ts';
import type { Gathered } from './gather.ts';

export interface LocalDelivery {
  readonly configuration: Pick<Configuration, keyof DeliverySettings>;
  /** Findings below it are left out of the case; they take part in every decision. */
  readonly level?: Level | undefined;
  readonly limits?: CasebookLimits;
}

/** deliverLocally gives findings to the delivery that a stage with this configuration has, and returns what it would have done. */
export async function deliverLocally(
  findings: Gathered,
  { configuration, level, limits }: LocalDelivery,
): Promise<Case> {
  const receivers = receiversOf(configuration.receivers);
  const casebook = createCasebook({ receivers, level, ...(limits && { limits }) });
  await simulateDelivery(findings.inOrder(), {
    decider: createDecider(configuration),
    receivers,
    context: { accounts: configuration.accounts },
    observe: casebook.observe,
  });
  return casebook.read();
}
