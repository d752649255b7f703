import { execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { loadavg } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Finding } from '../../src/model/finding.ts';
import { cpuMs } from '../support/cpu-time.ts';
import { findingOf } from './findings.ts';
import type { MemoryBurst } from './load-memory.ts';
import type { Part } from './report.ts';
import { startWireCopy, type Used, type WireCopy } from './wire-copy.ts';
import { batchOf, failedOf, startWireStage, wireReceivers, type WireReceiver, type WireStage } from './wire-stage.ts';

const minute = 60_000;

/** runLoad measures the throughput of delivery on this machine: over the wire, and by itself. */
export async function runLoad(): Promise<Part> {
  const one = await memoryBurst(100_000, 1);
  const many = await memoryBurst(100_000, 20_000);
  const news = await sustained({ findings: 400, joining: 0 });
  const mixed = await sustained({ findings: 2_000, joining: 0.9 });
  const paced = await sustained({ findings: 600, joining: 0.9, perSecond: mixed.perSecond * 0.4 });
  const wire = await wireBurst(2_000);

  const overWire = (name: string, each: Sustained): readonly (string | number)[] => [
    name,
    each.findings,
    each.perSecond.toFixed(0),
    `${each.tableMs.toFixed(1)} ms`,
    `${each.deliverMs.toFixed(1)} ms`,
    percent(each.tableMs / (each.tableMs + each.deliverMs + each.restMs)),
    `${each.p50Ms.toFixed(0)} / ${each.p99Ms.toFixed(0)} ms`,
    each.heapMb.map((mb) => mb.toFixed(0)).join(' → '),
    each.rssMb.map((mb) => mb.toFixed(0)).join(' → '),
  ];
  return {
    title: 'Load: queue to receiver',
    head: [
      'over the wire',
      'findings',
      'a second',
      'CPU table',
      'CPU deliver',
      'table of all',
      'p50 / p99',
      'heap MB',
      'resident MB',
    ],
    table: [
      overWire('each a first notification to two receivers, unlimited', news),
      overWire('nine of ten join a group, unlimited', mixed),
      overWire(`the same at ${paced.perSecond.toFixed(0)} a second`, paced),
    ],
    rows: [
      [
        'load of the machine before and after (1 minute)',
        `${loadBefore.toFixed(1)}, ${(loadavg()[0] ?? 0).toFixed(1)}`,
      ],
      ...memoryRows('100,000 findings of one rule and one actor, state in memory', one),
      ...memoryRows('100,000 findings of one rule and 20,000 actors, state in memory', many),
      [
        `${wire.findings.toLocaleString('en-US')} findings of one rule, an actor each, over the wire: a second`,
        wire.perSecond.toFixed(0),
      ],
      ['  notifications at once, for each receiver', wire.atOnce.join(', ')],
      ['  notifications in all after the flush', wire.notified.join(', ')],
      ['  findings on record as notified', wire.recorded.join(', ')],
      [
        '  another rule’s finding: alone, amid the burst (median)',
        `${wire.aloneMs.toFixed(0)} ms, ${wire.amidMs.toFixed(0)} ms`,
      ],
    ],
    problems: [
      ...[one, many].flatMap(({ findings, known }) =>
        known.flatMap((count) =>
          count === findings ? [] : [`memory: ${findings} findings, and a receiver knows of ${count}`],
        ),
      ),
      ...wire.recorded.flatMap((count) =>
        count === wire.findings ? [] : [`wire: ${wire.findings} findings, and ${count} are on record as notified`],
      ),
      ...[news, mixed, paced].flatMap(({ missing }) =>
        missing === 0 ? [] : [`wire: ${missing} first notifications did not arrive`],
      ),
    ],
  };
}

const loadBefore = loadavg()[0] ?? 0;

function memoryRows(name: string, burst: MemoryBurst): readonly (readonly [string, string | number])[] {
  return [
    [`${name}: a second, of processor time`, burst.perCpuSecond],
    ['  notifications at once, for each receiver', burst.atOnce.join(', ')],
    [
      '  notifications in all after the flush; findings in them',
      `${burst.notified.join(', ')}; ${burst.known.join(', ')}`,
    ],
    [
      '  another rule’s finding: alone, amid the burst (median)',
      `${burst.aloneMs.toFixed(2)} ms, ${burst.amidMs.toFixed(2)} ms`,
    ],
    ['  heap for each finding, the stores’ own', `${burst.heapBytesEach} bytes`],
  ];
}

async function memoryBurst(count: number, actors: number): Promise<MemoryBurst> {
  const script = path.join(import.meta.dirname, 'load-memory.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--expose-gc',
    script,
    String(count),
    String(actors),
  ]);
  return JSON.parse(stdout) as MemoryBurst;
}

interface Sustained {
  readonly findings: number;
  readonly perSecond: number;
  /** Processor time for each finding, in milliseconds: of the local table, of the function, of the local SNS and Slack. */
  readonly tableMs: number;
  readonly deliverMs: number;
  readonly restMs: number;
  /** From the queue's SentTimestamp to the receiver, for first notifications. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** The smallest heap of each quarter of the run, which stays after collections. */
  readonly heapMb: readonly number[];
  readonly rssMb: readonly number[];
  /** First notifications that a receiver never got. */
  readonly missing: number;
}

/** sustained lets findings through two copies of the function, without a limit or at a rate. */
async function sustained(options: {
  readonly findings: number;
  readonly joining: number;
  readonly perSecond?: number;
}): Promise<Sustained> {
  const { findings, joining, perSecond } = options;
  const { stage, table, arrivals, close } = await openLoad();
  const copies = await Promise.all([1, 2].map(() => startWireCopy('deliver', stage.environment)));
  const groups = Math.max(1, Math.round(findings * (1 - joining)));
  const sent = new Map<string, number>();
  const samples: Used[][] = copies.map(() => []);
  await Promise.all(copies.map((copy, index) => deliver(copy, [loadFinding(`warm${index}`, 0)], Date.now())));
  const [tableBefore, ownBefore, copiesBefore] = [
    await table.cpuMs(),
    cpuMs(),
    sumOf(copies, ({ used }) => used().cpuMs),
  ];

  const started = performance.now();
  const startedMs = Date.now();
  const line = { next: 0 };
  const take = (): readonly { readonly finding: Finding; readonly sentMs: number }[] => {
    const arrived =
      perSecond === undefined ? findings : Math.floor(((performance.now() - started) / 1_000) * perSecond);
    const batch = [];
    while (batch.length < 10 && line.next < Math.min(arrived, findings)) {
      const name = `g${line.next % groups}`;
      // Without a rate, the next finding comes as soon as a copy is ready.
      const sentMs = perSecond === undefined ? Date.now() : startedMs + (line.next / perSecond) * 1_000;
      if (!sent.has(name)) sent.set(name, sentMs);
      batch.push({ finding: loadFinding(name, line.next), sentMs });
      line.next += 1;
    }
    return batch;
  };
  await Promise.all(
    copies.map(async (copy, index) => {
      while (line.next < findings) {
        const batch = take();
        if (batch.length === 0) {
          await wait(2);
          continue;
        }
        await deliver(
          copy,
          batch.map(({ finding }) => finding),
          batch[0]?.sentMs ?? 0,
        );
        samples[index]?.push(copy.used());
      }
    }),
  );
  const tookMs = performance.now() - started;
  const tableMs = (await table.cpuMs()) - tableBefore;
  const deliverMs = sumOf(copies, ({ used }) => used().cpuMs) - copiesBefore;
  const restMs = cpuMs() - ownBefore;
  const latencies = wireReceivers.flatMap((receiver) =>
    [...sent].map(([name, atMs]) => (arrivals.get(`${receiver} ${name}`) ?? Number.NaN) - atMs),
  );
  const known = latencies.filter((ms) => !Number.isNaN(ms)).toSorted((a, b) => a - b);
  await Promise.all(copies.map(({ kill }) => kill()));
  await close();
  const quarters = (of: (used: Used) => number): readonly number[] =>
    [0, 1, 2, 3].map((quarter) => {
      const least = samples.map((own) =>
        Math.min(...own.slice((own.length * quarter) / 4, (own.length * (quarter + 1)) / 4).map(of)),
      );
      return Math.max(...least) / 1e6;
    });
  return {
    findings,
    perSecond: findings / (tookMs / 1_000),
    tableMs: tableMs / findings,
    deliverMs: deliverMs / findings,
    restMs: restMs / findings,
    p50Ms: known[Math.floor(known.length * 0.5)] ?? Number.NaN,
    p99Ms: known[Math.floor(known.length * 0.99)] ?? Number.NaN,
    heapMb: quarters(({ heapBytes }) => heapBytes),
    rssMb: quarters(({ rssBytes }) => rssBytes),
    missing: latencies.length - known.length,
  };
}

interface WireBurst {
  readonly findings: number;
  readonly perSecond: number;
  readonly atOnce: readonly number[];
  readonly notified: readonly number[];
  readonly recorded: readonly number[];
  readonly aloneMs: number;
  readonly amidMs: number;
}

/** wireBurst lets a burst of one rule through two copies, while a third, as Lambda would start it, gets another rule's findings. */
async function wireBurst(findings: number): Promise<WireBurst> {
  const { stage, arrivals, notified, close } = await openLoad();
  const [other, flush, ...copies] = await Promise.all(
    (['deliver', 'flush', 'deliver', 'deliver'] as const).map((name) => startWireCopy(name, stage.environment)),
  );
  if (other === undefined || flush === undefined) throw new Error('expected started copies, got none');
  const latencyOf = async (name: string): Promise<number> => {
    const sentMs = Date.now();
    await deliver(other, [loadFinding(name, 0)], sentMs);
    return Math.max(...wireReceivers.map((receiver) => (arrivals.get(`${receiver} ${name}`) ?? Number.NaN) - sentMs));
  };
  await latencyOf('warm');
  const alone: number[] = [];
  for (let index = 0; index < 11; index += 1) alone.push(await latencyOf(`alone${index}`));

  const line = { next: 0 };
  const started = performance.now();
  const amid: number[] = [];
  const burst = Promise.all(
    copies.map(async (copy) => {
      while (line.next < findings) {
        const first = line.next;
        line.next += 10;
        const batch = Array.from({ length: 10 }, (_each, index) =>
          loadFinding('burst', first + index, `actor-${first + index}`),
        );
        await deliver(copy, batch, Date.now());
      }
    }),
  );
  for (let index = 0; line.next < findings; index += 1) amid.push(await latencyOf(`amid${index}`));
  await burst;
  const perSecond = findings / ((performance.now() - started) / 1_000);
  const count = (): readonly number[] => wireReceivers.map((receiver) => notified.get(`${receiver} burst`) ?? 0);
  const atOnce = count();
  const nowMs = Date.now();
  for (const minutes of [6, 12]) await flush.invoke({}, nowMs + minutes * minute);
  const recorded = await Promise.all(wireReceivers.map((receiver) => recordedAt(stage, receiver, findings)));
  await Promise.all([other, flush, ...copies].map(({ kill }) => kill()));
  await close();
  return { findings, perSecond, atOnce, notified: count(), recorded, aloneMs: middle(alone), amidMs: middle(amid) };
}

async function recordedAt({ truth }: WireStage, receiver: WireReceiver, findings: number): Promise<number> {
  const groups = new Set<string>();
  const numbers = Array.from({ length: findings }, (_each, index) => index).values();
  const reader = async (): Promise<void> => {
    for (const number of numbers) {
      const { id } = loadFinding('burst', number, `actor-${number}`);
      const claim = await truth.seen.claim({ findingId: id, receiver }, new Date());
      if (claim.kind === 'delivered' && claim.group !== undefined) groups.add(claim.group);
    }
  };
  await Promise.all(Array.from({ length: 20 }, reader));
  const states = await Promise.all([...groups].map((key) => truth.groups.state(key)));
  return states.reduce((sum, { notified }) => sum + notified, 0);
}

/** A stage whose table is a process of its own; it notes each receiver's first notification of a rule, and how many came. */
async function openLoad() {
  const child = fork(path.join(import.meta.dirname, 'load-table.ts'), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const [table] = (await once(child, 'message')) as [{ readonly url: string; readonly name: string }];
  const stage = await startWireStage({ table });
  const arrivals = new Map<string, number>();
  const notified = new Map<string, number>();
  stage.proxy.plan(({ service, operation, body }) => {
    if (operation !== 'Publish' && service !== 'slack') return { kind: 'none' };
    const at = `${service} ${/load-(\w+)/.exec(body)?.[1] ?? ''}`;
    if (!arrivals.has(at)) arrivals.set(at, Date.now());
    notified.set(at, (notified.get(at) ?? 0) + 1);
    return { kind: 'none' };
  });
  return {
    // The table is called directly: a proxy in this process would cost it more than delivery costs.
    stage: { ...stage, environment: { ...stage.environment, AWS_ENDPOINT_URL_DYNAMODB: table.url } },
    arrivals,
    notified,
    table: {
      cpuMs: async () => {
        child.send('cpu');
        const [{ cpuMs: used }] = (await once(child, 'message')) as [{ readonly cpuMs: number }];
        return used;
      },
    },
    close: async () => {
      await stage.close();
      child.kill();
    },
  };
}

async function deliver({ invoke }: WireCopy, findings: readonly Finding[], sentMs: number): Promise<void> {
  const failed = failedOf(await invoke(batchOf(findings, sentMs)));
  if (failed.length > 0) throw new Error(`${failed.length} of ${findings.length} findings were refused`);
}

function loadFinding(group: string, number: number, actor = 'ana'): Finding {
  const time = '2026-03-11T10:00:00Z';
  return findingOf({ rule: `load-${group}`, level: 'high', actor, event: `event-${number}`, time });
}

function sumOf<Item>(items: readonly Item[], of: (item: Item) => number): number {
  return items.reduce((sum, item) => sum + of(item), 0);
}

function middle(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
