import type { Basis } from './volumes.ts';

/** daysAMonth is a twelfth of a year. */
export const daysAMonth = 365 / 12;

const minutesAMonth = daysAMonth * 24 * 60;

/** Rough sizes and times behind the estimate, each as it is measured on what the sample and the benchmarks do. */
export const assumptions = {
  /** CloudWatch Logs packs about so much of plain log into one call of a subscribed function. */
  logKbPerCall: 100,
  /** Trail files that one call reads: the batch of the queue is ten, and seldom full. */
  filesPerCall: 4,
  findingKb: 8,
  /** Firehose counts a record in steps of 5 KB. */
  firehoseKb: 10,
  /** What a call writes to its own log: start, end, report, metrics. */
  ownLogKbPerCall: 1.5,
  /** Of each metric one a function and stage; what is never counted costs nothing. */
  metrics: 60,
  /** Those on dead letters, and the canary's. */
  alwaysAlarms: 13,
  healthAlarms: 40,
  queues: 2,
  /** How often the files of a day are read until they are in the columnar copy: to see what there is, and to take it. */
  copyReads: 2,
  /** The copy, against the compressed files that it is made of. */
  copyShare: 0.5,
} as const;

interface Calls {
  /** For a person: what each call is for. */
  readonly what: string;
  readonly calls: number;
  /** Of one call. */
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
    each('each event that EventBridge brings', brought, 15, 512),
    each(`each ${assumptions.logKbPerCall} kB of subscribed logs`, linesCalls, 40, 512),
    each('each MB of the stream', sharedCalls, 300, 512),
    each(
      `every ${assumptions.filesPerCall} files of the trail`,
      v.trailFilesPerDay / assumptions.filesPerCall,
      250,
      1024,
    ),
    each('each finding', v.findingsPerDay, 400, 512),
    { what: 'a look each minute for what is due', calls: minutesAMonth, ms: 60, memoryMb: 512 },
    { what: 'a look every five minutes at itself', calls: minutesAMonth / 5, ms: 250, memoryMb: 512 },
    {
      what: 'each round of checks from outside',
      calls: v.probedEndpoints === 0 ? 0 : minutesAMonth / switches.probeMinutes,
      ms: 500 * v.probedEndpoints,
      memoryMb: 512,
    },
    // Reading the files of two days is what takes time.
    {
      what: 'the daily check of the digests',
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
