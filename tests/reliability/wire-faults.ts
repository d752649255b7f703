import type { Finding } from '../../src/model/finding.ts';
import { busyAnswers, brokenAnswers, type Fault, type Passing } from '../support/fault-proxy.ts';
import { Died, startWireCopy, type Pace, type WireCopy } from './wire-copy.ts';
import { batchOf, failedOf, startWireStage, wireFinding, wireReceivers, type WireStage } from './wire-stage.ts';

/** WireFault is a fault in the requests of one invocation that accepts a finding and notifies. */
export type WireFault =
  /** The process is killed (SIGKILL) at its n-th request, before the service did the work or after it. */
  | { readonly kind: 'death'; readonly when: 'before' | 'after' }
  /** One request: throttled, 5xx, connection reset, done but the answer lost, answered late. */
  | { readonly kind: 'once'; readonly what: OnceFault }
  /** All requests to that service from then on. */
  | { readonly kind: 'outage'; readonly what: 'busy' | 'broken' | 'reset' }
  /** All requests of this name are done and never answered. */
  | { readonly kind: 'silent' };

export type OnceFault = 'busy' | 'broken' | 'reset' | 'lost' | 'late';

/** WireCase is one such run with its result. */
export interface WireCase {
  readonly fault: string;
  /** The request at which it happened, counted from 1, and its name. */
  readonly at: number;
  readonly request: string;
  /** How many notifications were sent once more. */
  readonly repeats: number;
  /** How many requests the fault hit: none where the invocation made fewer. */
  readonly struck: number;
  /** Whether the finding came again from the queue. */
  readonly redelivered: boolean;
  readonly problems: readonly string[];
}

export interface WireFaults {
  /** The requests of an invocation without a fault, in a copy that has just started, which makes the most. */
  readonly requests: readonly string[];
  /** run lets one finding through, with a fault at a request of its first invocation. */
  readonly run: (fault: WireFault, at: number) => Promise<WireCase>;
  readonly close: () => Promise<void>;
}

const minute = 60_000;
/** When a message that was not deleted comes again: serverless.yml gives six times what the function may take. */
const redeliverMs = 9 * minute;
/** When the flush runs, after the first invocation. An open circuit closes meanwhile. */
const looksMs = [10, 11, 13, 16, 20, 25, 30, 40].map((each) => each * minute);
const lateMs = 1_200;

/** openWireFaults starts a stage, and one copy of each function that lives through all runs. */
export async function openWireFaults(pace?: Pace): Promise<WireFaults> {
  const stage = await startWireStage();
  const { environment, proxy } = stage;
  const [deliver, flush] = await Promise.all([
    startWireCopy('deliver', environment, pace),
    startWireCopy('flush', environment, pace),
  ]);
  let spare = startWireCopy('deliver', environment, pace);
  let runs = 0;

  /** Each run has hours of its own, so that remembered values of one do not affect the next. */
  const begin = (): { readonly finding: Finding; readonly atMs: number } => {
    runs += 1;
    const atMs = Date.now() + runs * 3_600_000;
    return { finding: wireFinding(`${runs}-ends`, atMs), atMs };
  };

  const fresh = async (): Promise<WireCopy> => {
    const copy = await spare;
    spare = startWireCopy('deliver', environment, pace);
    return copy;
  };

  // A new copy: it asks for the secret too, and knows no group.
  const measured = begin();
  const first = await fresh();
  proxy.count();
  await first.invoke(batchOf([measured.finding], measured.atMs), measured.atMs);
  const requests = proxy.count().map(nameOf);
  await first.kill();

  const run = async (fault: WireFault, at: number): Promise<WireCase> => {
    const { finding, atMs } = begin();
    const batch = batchOf([finding], atMs);
    const copy = fault.kind === 'death' ? await fresh() : deliver;
    proxy.count();
    let request = '';
    let struck = 0;
    let lostSends = 0;
    proxy.plan((passing) => {
      if (passing.index === at) request = nameOf(passing);
      const planned = planOf(fault, at, passing, { request, kill: copy.kill });
      if (planned.kind !== 'none') struck += 1;
      const isSend = passing.operation === 'Publish' || passing.service === 'slack';
      if (isSend && (planned.kind === 'lost' || planned.kind === 'silent')) lostSends += 1;
      return planned;
    });
    const answer = await copy.invoke(batch, atMs).catch((error: unknown) => {
      if (error instanceof Died) return undefined;
      throw error;
    });
    proxy.plan();
    const sentThen = wireReceivers.map((receiver) => sendsOf(stage, receiver, finding));
    const recordedThen = await Promise.all(
      wireReceivers.map((receiver, n) => recordedAt(stage, finding, receiver, sentThen[n] ?? 0)),
    );

    const redelivered = answer === undefined || failedOf(answer).length > 0;
    const problems: string[] = [];
    if (redelivered) {
      const again = await deliver.invoke(batch, atMs + redeliverMs);
      if (failedOf(again).length > 0) problems.push('failed again when it came again without a fault');
    }
    for (const lookMs of looksMs) {
      await flush.invoke({}, atMs + lookMs);
      if (await isQuiet(stage, atMs + 50 * minute)) break;
    }

    let repeats = 0;
    for (const [n, receiver] of wireReceivers.entries()) {
      const [then, recorded] = [sentThen[n] ?? 0, recordedThen[n] ?? 0];
      const all = sendsOf(stage, receiver, finding);
      if (all === 0) problems.push(`${receiver}: lost`);
      if (then > 1 + lostSends) problems.push(`${receiver}: sent ${then} times, and ${lostSends} answers were lost`);
      if (all > then && then > 0 && recorded > 0) problems.push(`${receiver}: sent again though it was on record`);
      if (all > Math.max(then, 1) + (then > 0 ? 1 : 0)) problems.push(`${receiver}: ${all} sends for one fault`);
      if ((await recordedAt(stage, finding, receiver, 1)) !== 1)
        problems.push(`${receiver}: not on record as notified once`);
      repeats += Math.max(0, all - 1);
    }
    if (repeats > 0 && !isBetween(fault)) problems.push(`${repeats} repeats without a fault after a send`);
    if (!(await isQuiet(stage, atMs + 50 * minute))) problems.push('a group is still due');
    if (stage.deadLetters().length > 0) problems.push('there is a dead letter');
    return { fault: wordsOf(fault), at, request, struck, repeats, redelivered, problems };
  };

  return {
    requests,
    run,
    close: async () => {
      await Promise.all([deliver.kill(), flush.kill(), spare.then(({ kill }) => kill())]);
      await stage.close();
    },
  };
}

function planOf(
  fault: WireFault,
  at: number,
  passing: Passing,
  { request, kill }: { readonly request: string; readonly kill: () => Promise<void> },
): Fault {
  const { index, service } = passing;
  switch (fault.kind) {
    case 'death':
      return index === at ? { kind: 'death', when: fault.when, kill } : { kind: 'none' };
    case 'once':
      return index === at ? faultOf(fault.what, service) : { kind: 'none' };
    case 'outage':
      return index >= at && request.startsWith(`${service}.`) ? faultOf(fault.what, service) : { kind: 'none' };
    case 'silent':
      return index >= at && nameOf(passing) === request ? { kind: 'silent' } : { kind: 'none' };
    default:
      throw new Error(fault satisfies never);
  }
}

function faultOf(what: OnceFault, service: string): Fault {
  switch (what) {
    case 'busy':
    case 'broken': {
      const answer = (what === 'busy' ? busyAnswers : brokenAnswers)[service];
      if (answer === undefined) throw new Error(`${service}: expected a service with known error answers`);
      return { kind: 'refused', answer };
    }
    case 'reset':
    case 'lost':
      return { kind: what };
    case 'late':
      return { kind: 'late', ms: lateMs };
    default:
      throw new Error(what satisfies never);
  }
}

/** A repeat needs a fault between a send and its record; a single refused request is tried again, and excuses none. */
function isBetween(fault: WireFault): boolean {
  return fault.kind !== 'once' || fault.what === 'lost';
}

function sendsOf(stage: WireStage, receiver: (typeof wireReceivers)[number], { rule }: Finding): number {
  return stage.taken(receiver).filter((text) => text.includes(`${rule.id}:`)).length;
}

/** How many receivers are on record as notified. Called only for accepted findings, since the question claims others. */
async function recordedAt({ truth }: WireStage, { id }: Finding, receiver: string, sent: number): Promise<number> {
  if (sent === 0) return 0;
  const claim = await truth.seen.claim({ findingId: id, receiver }, new Date());
  if (claim.kind !== 'delivered' || claim.group === undefined) return 0;
  return (await truth.groups.state(claim.group)).notified;
}

async function isQuiet({ truth }: WireStage, atMs: number): Promise<boolean> {
  const due = await Promise.all(wireReceivers.map((receiver) => truth.outbox.list(receiver, new Date(atMs), 1)));
  return due.flat().length === 0;
}

function nameOf({ service, operation }: Passing): string {
  return `${service}.${operation}`;
}

function wordsOf(fault: WireFault): string {
  switch (fault.kind) {
    case 'death':
      return `killed ${fault.when}`;
    case 'once':
      return fault.what;
    case 'outage':
      return `${fault.what} from then on`;
    case 'silent':
      return 'done, never answered';
    default:
      throw new Error(fault satisfies never);
  }
}

/** runAllFaults tries every request: killed before and after it, its answer lost, another fault, and an outage from it on. */
export async function runAllFaults(notify: (done: WireCase) => void): Promise<readonly WireCase[]> {
  const lanes = 2;
  const shared = await Promise.all(Array.from({ length: lanes }, () => openWireFaults()));
  const requests = shared[0]?.requests ?? [];
  const others = ['busy', 'broken', 'reset', 'late'] as const;
  const plans = requests.flatMap((_name, index): (readonly [WireFault, number])[] => {
    const at = index + 1;
    return [
      [{ kind: 'death', when: 'before' }, at],
      [{ kind: 'death', when: 'after' }, at],
      [{ kind: 'once', what: 'lost' }, at],
      [{ kind: 'once', what: others[at % 4] ?? 'busy' }, at],
      [{ kind: 'outage', what: (['broken', 'reset', 'busy'] as const)[at % 3] ?? 'broken' }, at],
    ];
  });
  const silent = ['dynamodb.GetItem', 'sns.Publish', 'slack.POST'];
  for (const name of silent) plans.push([{ kind: 'silent' }, requests.indexOf(name) + 1]);

  const queue = plans.values();
  const done = await Promise.all(
    shared.map(async ({ run }) => {
      const own: WireCase[] = [];
      for (const [fault, at] of queue) {
        const each = await run(fault, at);
        notify(each);
        own.push(each);
      }
      return own;
    }),
  );
  await Promise.all(shared.map(({ close }) => close()));
  return done.flat();
}
