import type { LogRecord } from '../model/log-record.ts';
import type { TallyStore } from '../notify/delivery/state/index.ts';
import type { SuppressionSettings } from '../notify/settings.ts';
import type { CanaryLog } from './canary.ts';
import { digestDue, digestOf, type DigestSettings } from './digest.ts';
import type { Heartbeat, HeartbeatStore } from './heartbeat.ts';
import type { NotifiedOnce } from './notified-once.ts';
import type { Home } from './own-record.ts';
import { silenceOf, type Silence, type SilenceSettings } from './silence.ts';
import { sourceWords } from './source.ts';
import type { TrialLog } from './trial-log.ts';
import { digestRecord, silenceRecord, trialRecord, type TrialEnd } from './watch-records.ts';
import { dayOf } from '../time/days.ts';

/** Round is one check of Trailwatch by itself; a retry is the same round. */
export interface Round extends Home {
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly time: string;
}

/** WatchOptions is what a round checks, and how it publishes what it finds. */
export interface WatchOptions {
  readonly heartbeats: HeartbeatStore;
  readonly tallies: Pick<TallyStore, 'of'>;
  readonly trials: Pick<TrialLog, 'of'>;
  readonly notifiedOnce: NotifiedOnce;
  readonly canaries: Pick<CanaryLog, 'sent'>;
  /** Sends a canary. */
  readonly sendCanary: (canary: string) => Promise<void>;
  /** Runs the rules over records, and publishes the findings. */
  readonly publish: (records: readonly LogRecord[]) => Promise<void>;
  readonly silence: readonly SilenceSettings[];
  readonly digest: DigestSettings | 'off';
  /** The suppressions of the stage, by name; each digest lists those that have ended. */
  readonly suppressions: Readonly<Record<string, SuppressionSettings | 'off'>>;
  readonly expired: (now: Date) => readonly SuppressionSettings[];
  readonly ended: (now: Date) => readonly TrialEnd[];
}

/** Task is one part of a round. */
export interface Task {
  readonly name: string;
  readonly work: (round: Round, now: Date) => Promise<void>;
}

/** watchTasks lists the tasks of a round. Each is independent of the others. */
export function watchTasks(options: WatchOptions): readonly Task[] {
  const { canaries, sendCanary } = options;
  return [
    {
      name: 'canary',
      work: async ({ id }, now) => {
        // Noted first: the canary may be back before the call ends.
        await canaries.sent(id, now);
        await sendCanary(id);
      },
    },
    { name: 'silence', work: (round, now) => publishSilence(options, round, now) },
    { name: 'digest', work: (round, now) => publishDigest(options, round, now) },
    { name: 'trials', work: (round, now) => publishTrials(options, round, now) },
  ];
}

/**
 * doRound does every task, also after one that failed.
 * @throws {AggregateError} with all failures: the retry of the round does only what is left.
 */
export async function doRound(tasks: readonly Task[], round: Round, now: () => Date): Promise<void> {
  const failures: unknown[] = [];
  for (const { name, work } of tasks) {
    try {
      await work(round, now());
    } catch (cause) {
      failures.push(new Error(`${name}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause }));
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, failures.map(String).join('; '));
}

async function publishSilence({ heartbeats, silence, publish }: WatchOptions, round: Round, now: Date): Promise<void> {
  const fresh = silentOf(await heartbeats.all(), silence, now).filter(
    ({ heartbeat }) => heartbeat.notified === undefined,
  );
  if (fresh.length === 0) return;
  await publish(fresh.map(({ heartbeat, verdict }) => silenceRecord(heartbeat, verdict, round.time, round)));
  for (const { heartbeat } of fresh) await heartbeats.markNotified(heartbeat);
}

interface Silent {
  readonly heartbeat: Heartbeat;
  readonly verdict: Extract<Silence, { kind: 'silent' }>;
}

function silentOf(all: readonly Heartbeat[], settings: readonly SilenceSettings[], now: Date): readonly Silent[] {
  return all.flatMap((heartbeat) => {
    const verdict = silenceOf(heartbeat, settings, now);
    return verdict.kind === 'silent' ? [{ heartbeat, verdict }] : [];
  });
}

async function publishDigest(options: WatchOptions, round: Round, now: Date): Promise<void> {
  const { digest, expired, heartbeats, notifiedOnce, silence, suppressions, tallies, publish } = options;
  const day = digest === 'off' ? undefined : digestDue(digest, now);
  if (day === undefined || (await notifiedOnce.has(`daily-digest ${day}`))) return;
  const [counted, all] = await Promise.all([tallies.of(day), heartbeats.all()]);
  // A stage that was deployed today has no digest of yesterday.
  if (counted.length === 0 && all.every(({ first }) => dayOf(first) > day)) return;
  const summary = digestOf({
    tallies: counted,
    owners: Object.fromEntries(
      Object.entries(suppressions).flatMap(([name, each]) => (each === 'off' ? [] : [[name, each.owner]])),
    ),
    expired: expired(now),
    silent: silentOf(all, silence, now).map(({ heartbeat, verdict }) => ({
      source: sourceWords(heartbeat.source),
      quietMs: verdict.quietMs,
    })),
  });
  await publish([digestRecord(day, summary, round.time, round)]);
  await notifiedOnce.set(`daily-digest ${day}`, now);
}

async function publishTrials(
  { ended, notifiedOnce, publish, trials }: WatchOptions,
  round: Round,
  now: Date,
): Promise<void> {
  for (const trial of ended(now)) {
    const what = `trial-ended ${trial.name} ${trial.until}`;
    if (await notifiedOnce.has(what)) continue;
    await publish([trialRecord(trial, await trials.of(trial.name), round.time, round)]);
    await notifiedOnce.set(what, now);
  }
}
