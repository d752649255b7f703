import type { Basis } from './volumes.ts';

/** daysAMonth is a twelfth of a year. */
export const daysAMonth = 365 / 12;

const minutesAMonth = daysAMonth * 24 * 60;

/** Assumption is a size that the formulas take for granted. */
interface Assumption {
  readonly value: number;
  /** For a person: the unit, and what is measured. */
  readonly about: string;
}

/** assumed is the table of sizes in the formulas. All are estimates, not measured on a deployed stage. */
export const assumed = {
  logKbPerCall: { value: 100, about: 'kB of uncompressed log that CloudWatch Logs packs into one call of a function' },
  filesPerCall: {
    value: 4,
    about: 'trail files that one call reads (the batch size is ten, but batches are rarely full)',
  },
  findingKb: { value: 8, about: 'kB of a finding' },
  firehoseKb: { value: 10, about: 'kB that Firehose bills for a finding, in steps of 5' },
  ownLogKbPerCall: { value: 1.5, about: 'kB that a call writes to its own log (start, end, report, metrics)' },
  logCompression: { value: 0.15, about: 'stored size of a log as a share of its written size' },
  metrics: { value: 60, about: 'metrics, by function and stage (a metric without data is free)' },
  alwaysAlarms: { value: 13, about: 'alarms on dead letters and the canary' },
  // An alarm over several metrics costs as much as one alarm for each.
  healthAlarms: { value: 65, about: 'metrics that the alarms on functions, rules and queues watch' },
  queues: { value: 2, about: 'queues that Lambda polls' },
  copyReads: { value: 2, about: "times that a day's files are read for the columnar copy (to count, to copy)" },
  copyShare: { value: 0.5, about: 'size of the columnar copy as a share of the compressed trail files' },
} as const satisfies Record<string, Assumption>;

/** assumptions are the values of `assumed`. */
export const assumptions = Object.fromEntries(Object.entries(assumed).map(([name, { value }]) => [name, value])) as {
  readonly [Name in keyof typeof assumed]: number;
};

/** Calls are the calls of functions for one reason. */
export interface Calls {
  /** For a person: the purpose of the calls. */
  readonly what: string;
  readonly calls: number;
  /** Of one call; an estimate like `assumed`. */
  readonly ms: number;
  readonly memoryMb: number;
}

/** callsOf lists the functions' calls of a month: how many, how long, and with how much memory. */
export function callsOf({ volumes: v, switches }: Basis): readonly Calls[] {
  const brought = switches.readOnlyEvents ? v.trailEventsPerDay : v.busEventsPerDay;
  const linesCalls = (v.hostLogGbPerDay * 1e6) / assumptions.logKbPerCall;
  const sharedCalls = switches.logsStream ? (v.sharedLogGbPerDay * 1e6) / assumptions.logKbPerCall / 10 : 0;
  const each = (what: string, perDay: number, ms: number, memoryMb: number): Calls => ({
    what,
    calls: perDay * daysAMonth,
    ms,
    memoryMb,
  });
  return [
    each('each event from EventBridge', brought, 15, 512),
    each(`each ${assumptions.logKbPerCall} kB of subscribed logs`, linesCalls, 40, 512),
    each('each MB of the stream', sharedCalls, 300, 512),
    each(
      `every ${assumptions.filesPerCall} files of the trail`,
      v.trailFilesPerDay / assumptions.filesPerCall,
      250,
      1024,
    ),
    each('each finding', v.findingsPerDay, 400, 512),
    { what: 'due notifications, each minute', calls: minutesAMonth, ms: 60, memoryMb: 512 },
    { what: 'health checks, every five minutes', calls: minutesAMonth / 5, ms: 250, memoryMb: 512 },
    {
      what: 'each round of the probe',
      calls: v.probedEndpoints === 0 ? 0 : minutesAMonth / switches.probeMinutes,
      ms: 500 * v.probedEndpoints,
      memoryMb: 512,
    },
    // Reading the files of two days is what takes time.
    {
      what: 'the daily verification of digests',
      calls: daysAMonth,
      ms: Math.min(900_000, 5_000 + v.trailFilesPerDay * 2 * 15),
      memoryMb: 1024,
    },
  ];
}

/** invocationsOf is how often functions are called in a month. */
export function invocationsOf(basis: Basis): number {
  return callsOf(basis).reduce((sum, { calls }) => sum + calls, 0);
}

/** gbSecondsOf is what those calls take together. */
export function gbSecondsOf(basis: Basis): number {
  return callsOf(basis).reduce((sum, { calls, ms, memoryMb }) => sum + calls * (ms / 1000) * (memoryMb / 1024), 0);
}
