import { knownAccount, type AccountBook } from '../../model/account-book.ts';
import type { AuditEvent } from '../../model/audit-event.ts';
import type { RuleSummary } from '../../model/finding.ts';

/** labelNames are what routes and suppressions can ask about. */
export const labelNames = [
  'level',
  'rule',
  'tag',
  'account',
  'region',
  'source',
  'service',
  'action',
  'actor',
  'actorKind',
  'address',
  'target',
] as const;

export type LabelName = (typeof labelNames)[number];

/** Labels are facts about a finding, by name. A label may have several values; a label without a value is absent. */
export type Labels = { readonly [Name in LabelName]?: readonly string[] };

/** Labelled is the part of a finding that its labels come from. */
export interface Labelled {
  readonly rule: Pick<RuleSummary, 'id' | 'title' | 'level' | 'tags'>;
  readonly event: Pick<
    AuditEvent,
    'source' | 'service' | 'action' | 'targets' | 'account' | 'region' | 'sourceAddress'
  > & {
    readonly category: Pick<AuditEvent['category'], 'kind'>;
    readonly actor: Pick<AuditEvent['actor'], 'kind' | 'name' | 'arn' | 'chain'>;
    readonly cause?: unknown;
  };
}

/**
 * labelsOf gives a finding's labels. Who caused a change of state is known from another record, which comes before the alert or
 * after it; such a finding has neither actor nor address here, so that an addition to an alert goes to the alert's receivers.
 */
export function labelsOf({ rule, event }: Labelled, accounts: AccountBook = {}): Labels {
  const { account, actor, source } = event;
  const learnt = event.cause !== undefined || event.category.kind === 'instance-state';
  const labels: { readonly [Name in LabelName]: readonly (string | undefined)[] } = {
    level: [rule.level],
    rule: [rule.id, rule.title],
    tag: rule.tags,
    account: [account, knownAccount(account, accounts)?.name],
    region: [event.region],
    source: [...source.services, source.category, source.product],
    service: [event.service],
    action: [event.action],
    actor: learnt ? [] : [actor.name, actor.arn, ...actor.chain],
    actorKind: learnt ? [] : [actor.kind],
    address: learnt ? [] : [event.sourceAddress],
    target: event.targets.map(({ id }) => id),
  };
  return Object.fromEntries(
    Object.entries(labels)
      .map(([label, values]) => [label, [...new Set(values.filter((value) => value !== undefined))]] as const)
      .filter(([, values]) => values.length > 0),
  );
}
