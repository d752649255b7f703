import { createDecider } from '../../src/notify/routing/decide.ts';
import { createMemoryDeliveryState, type DeliveryState } from '../../src/notify/delivery/state/delivery-state.ts';
import { createDispatch } from '../../src/notify/delivery/dispatch.ts';
import type { Receiver } from '../../src/notify/receivers/receiver.ts';
import { accountOf, type Account } from './account.ts';
import { findingsOf, type Sent } from './findings.ts';
import { createSimulation, type Health, type Through } from './simulation.ts';
import { createNetwork, type Plan, type Planner } from './network.ts';

export interface ScheduleResult extends Account {
  readonly seed: number;
  readonly sent: number;
  readonly calls: number;
  readonly faults: Readonly<Record<string, number>>;
  readonly repeats: number;
  readonly twice: number;
  readonly replayed: number;
  readonly violations: readonly string[];
  /** How many groups are still due at the end. */
  readonly unsettled: number;
}

const hour = 3_600_000;
export const startMs = Date.parse('2026-03-11T10:00:00Z');

/** When all faults end, when dead letters are sent again, and when the run ends, in hours from the start. */
export interface Times {
  readonly heal: number;
  readonly replay: number;
  readonly end: number;
}

const aDay: Times = { heal: 4, replay: 11, end: 24 };

export interface ScheduleOptions {
  readonly seed: number;
  /** The findings, or how many to make. */
  readonly findings: number | readonly Sent[];
  readonly planner?: (random: () => number) => Planner;
  /** Where delivery keeps its state; in memory by default. */
  readonly state?: (now: () => Date) => SharedState;
  /** Whether dead letters are sent again after the faults have ended. */
  readonly replays?: boolean;
  /** Whether receivers are away for a while. */
  readonly outages?: boolean;
  readonly copies?: number;
  readonly times?: Times;
}

/** SharedState is the state that copies share: as it is, and as one of them reaches it. */
export interface SharedState {
  readonly truth: DeliveryState;
  readonly stateOf: (through: Through) => DeliveryState;
}

/** runSchedule lets findings through a day with faults of every kind, and accounts for each of them at its end. */
export async function runSchedule(options: ScheduleOptions): Promise<ScheduleResult> {
  const { seed, findings, replays = seed % 2 === 0, times = aDay } = options;
  const [healMs, replayMs, endMs] = [times.heal, times.replay, times.end].map((hours) => startMs + hours * hour) as [
    number,
    number,
    number,
  ];
  const network = createNetwork({ seed, startMs, planner: options.planner ?? weather });
  const { truth, stateOf } = (options.state ?? memoryState)(network.now);
  const outages = options.outages === false ? [] : outagesOf(network.random);
  const dispatchOf = (all: readonly Receiver[]) => createDispatch(decider, all);
  const simulation = createSimulation({
    network,
    truth,
    receivers,
    copies: options.copies ?? 1 + Math.floor(network.random() * 4),
    stateOf: (_copy, through) => stateOf(through),
    dispatch: dispatchOf,
    fallback: (reached) => ({
      receiver: reached.find(({ name }) => name === 'topic') as Receiver,
      chats: new Set(['chat', 'pager']),
      topics: new Set(['topic']),
    }),
    health: (receiver, now): Health =>
      outages.find(({ name, fromMs, toMs }) => name === receiver && fromMs <= now.getTime() && now.getTime() < toMs)
        ?.health ?? 'well',
    refuses: (receiver, { rule }) => receiver === 'siem' && rule.id === 'rule-7',
  });

  const sent = typeof findings === 'number' ? findingsOf(findings, network.random, startMs) : findings;
  for (const { finding, atMs } of sent) network.at(atMs, () => simulation.queue.send(finding));
  simulation.start(endMs);
  await network.run(healMs);
  network.heal();
  outages.splice(0);
  await network.run(replayMs);
  const replayed = replays ? simulation.replay() : 0;
  await network.run(endMs);

  const all = sent.map(({ finding }) => finding);
  const account = await accountOf(all, simulation, truth, dispatchOf(receivers), network.now());
  const due = await Promise.all(receivers.map(({ name }) => truth.outbox.list(name, new Date(endMs), 100)));
  return {
    ...account,
    seed,
    sent: sent.length,
    calls: network.calls(),
    faults: Object.fromEntries(network.faults),
    repeats: simulation.ledger.repeats(),
    twice: simulation.ledger.twice(),
    replayed,
    violations: simulation.ledger.violations,
    unsettled: due.flat().length + simulation.queue.size(),
  };
}

/** problemsOf lists broken promises, in words for a person; empty when every finding is accounted for. */
export function problemsOf(result: ScheduleResult): readonly string[] {
  const { into, notified, kept, dead, lost, wrong, violations, unsettled } = result;
  return [
    ...lost.map((each) => `lost: ${each}`),
    ...wrong.map((each) => `wrong count: ${each}`),
    ...violations.map((each) => `notified twice: ${each}`),
    ...(into === notified + kept + dead + lost.length
      ? []
      : [`${into} in, ${notified} notified + ${kept} muted + ${dead} dead letters`]),
    ...(result.twice > 0 ? [`${result.twice} findings are in two groups of one receiver`] : []),
    ...(unsettled > 0 ? [`${unsettled} are still due, or in the queue`] : []),
  ].map((problem) => `seed ${result.seed}: ${problem}`);
}

const receivers: readonly Receiver[] = [
  { name: 'topic', concurrency: 4, send: async () => {} },
  { name: 'chat', concurrency: 1, send: async () => {} },
  { name: 'pager', concurrency: 2, send: async () => {}, close: async () => {} },
  { name: 'siem', concurrency: 4, grouping: 'each', send: async () => {} },
];

const decider = createDecider({
  accounts: {},
  receivers: { topic: {}, chat: {}, pager: {}, siem: {} },
  route: {
    receivers: ['chat', 'siem'],
    routes: [
      { match: { rule: ['rule-1'] }, receivers: [], continue: false, routes: [] },
      { match: { level: ['critical'] }, receivers: ['chat', 'pager', 'siem'], continue: false, routes: [] },
      { match: { level: ['high'] }, receivers: ['topic', 'chat', 'siem'], continue: false, routes: [] },
    ],
  },
  suppressions: {
    scanner: { name: 'scanner', match: { rule: ['rule-2'] }, owner: 'network', reason: 'our own', expires: 'never' },
  },
  inhibitions: {},
  trials: {},
  deployRoles: [],
});

interface Outage {
  readonly name: string;
  readonly health: Health;
  readonly fromMs: number;
  readonly toMs: number;
}

/** Some receivers are away for a while: minutes mostly, hours sometimes. */
function outagesOf(random: () => number): Outage[] {
  return receivers.flatMap(({ name }) =>
    Array.from({ length: Math.floor(random() * 4) }, (): Outage => {
      const fromMs = startMs + random() * 4 * hour;
      return { name, health: random() < 0.5 ? 'down' : 'busy', fromMs, toMs: fromMs + 3 * hour * random() ** 3 };
    }),
  );
}

/** A run has its own weather: calm in some, rough in others. */
function weather(random: () => number): Planner {
  const rough = random() ** 2;
  const [refused, lost, crash, late] = [0.04, 0.02, 0.004, 0.01].map((rate) => rate * rough * 2) as [
    number,
    number,
    number,
    number,
  ];
  return (): Plan => {
    const ms = 1 + Math.floor(random() * 20) + (random() < late ? Math.floor(random() * 6_000) : 0);
    const fate = random();
    if (fate < refused) return { kind: 'refused', ms };
    if (fate < refused + lost) return { kind: 'lost', ms };
    if (fate < refused + lost + crash) return { kind: random() < 0.5 ? 'crash-before' : 'crash-after', ms };
    return { kind: 'done', ms };
  };
}

function memoryState(): SharedState {
  const truth = createMemoryDeliveryState();
  return { truth, stateOf: (through) => throughCalls(truth, through) };
}

/** throughCalls makes each method of each store a call that can fail. */
function throughCalls(state: DeliveryState, through: Through): DeliveryState {
  const wrapped = Object.entries(state).map(([part, store]) => [
    part,
    Object.fromEntries(
      Object.entries(store as Record<string, (...given: readonly unknown[]) => Promise<unknown>>).map(
        ([name, method]) => [
          name,
          (...given: readonly unknown[]) => through(`${part}.${name}`, () => method(...given)),
        ],
      ),
    ),
  ]);
  return Object.fromEntries(wrapped) as DeliveryState;
}
