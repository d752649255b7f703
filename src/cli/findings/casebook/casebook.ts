import { isAtLeast, levels } from '../../../model/level.ts';
import type { Level } from '../../../model/level.ts';
import type { Receiver, SimulatedFact } from '../../../notify/index.ts';
import { createAlertBook } from './alerts.ts';
import type { AlertLimits, Alerts } from './alerts.ts';
import { createHeldBackCounts, heldBackBy } from './held-back.ts';
import type { HeldBack } from './held-back.ts';
import { createOverview } from './overview.ts';
import type { Overview } from './overview.ts';

/** ReceiverCount is how often one receiver is notified. */
export interface ReceiverCount {
  readonly name: string;
  /** Programs get each finding by itself. */
  readonly program: boolean;
  readonly notifications: number;
}

/** Case is what a run found and what a stage would have done about it, within bounds. The overview is of what nothing holds back. */
export interface Case extends Overview, Alerts {
  readonly heldBack: readonly HeldBack[];
  /** The receivers that are notified, in the order of the configuration. */
  readonly receivers: readonly ReceiverCount[];
  /** Findings that a receiver was notified of, once for each receiver. */
  readonly delivered: number;
  /** The highest level of all findings that nothing holds back, also of those below the level that was asked for. */
  readonly worst?: Level;
}

export interface CasebookLimits extends AlertLimits {
  readonly actors: number;
}

/** The default limits: what one page can show and a laptop's memory can hold many times over. */
const casebookLimits: CasebookLimits = { alerts: 2000, occurrences: 40, notifications: 40, actors: 5000 };

export interface CasebookOptions {
  readonly receivers: readonly Pick<Receiver, 'name' | 'grouping'>[];
  /** Findings below it are left out. */
  readonly level?: Level | undefined;
  readonly limits?: CasebookLimits;
}

export interface Casebook {
  /** observe takes what delivery did, in order of time. */
  readonly observe: (fact: SimulatedFact) => void;
  readonly read: () => Case;
}

/** createCasebook gathers what delivery did about findings, for people to read. It decides nothing about them. */
export function createCasebook({
  receivers,
  level: floor = levels[0],
  limits = casebookLimits,
}: CasebookOptions): Casebook {
  const programs = new Set(receivers.filter(({ grouping }) => grouping === 'each').map(({ name }) => name));
  const overview = createOverview(limits);
  const alerts = createAlertBook(limits, (receiver) => programs.has(receiver));
  const heldBack = createHeldBackCounts();
  const sent = new Map<string, number>();
  let delivered = 0;
  let worst: Level | undefined;

  const decided = (fact: Extract<SimulatedFact, { kind: 'decided' }>): void => {
    const { finding, outcomes } = fact;
    const [outcome] = outcomes;
    if (outcome === undefined || outcomes.every(({ kind }) => kind === 'already-accepted')) return;
    const { level } = finding.rule;
    const by = heldBackBy(outcome);
    if (by === undefined && (worst === undefined || isAtLeast(level, worst))) worst = level;
    if (!isAtLeast(level, floor)) return;
    if (by !== undefined) return heldBack.add(by, finding, outcome.why);
    if (finding.completes === undefined) overview.add(finding);
    alerts.decided(fact);
  };

  return {
    observe: (fact) => {
      if (fact.kind === 'decided') return decided(fact);
      const { fresh, notification, receiver } = fact;
      const asked = programs.has(receiver) ? isAtLeast(notification.finding.rule.level, floor) : alerts.notified(fact);
      if (!asked) return;
      sent.set(receiver, (sent.get(receiver) ?? 0) + 1);
      delivered += fresh;
    },
    read: () => ({
      ...overview.read(),
      ...alerts.read(),
      heldBack: heldBack.read(),
      receivers: receivers.flatMap(({ name }) => {
        const notifications = sent.get(name);
        return notifications === undefined ? [] : [{ name, program: programs.has(name), notifications }];
      }),
      delivered,
      ...(worst && { worst }),
    }),
  };
}
