import { seenStoreTimes } from '../../notify/delivery/state/seen-store.ts';
import type { ReplayRange } from '../../replay/archive-replay.ts';
import { UsageError } from '../shell/exit.ts';
import { parseTimeRange } from '../shell/time-range.ts';

/** ReplayCommandOptions are the flags of `trailwatch replay`. */
export interface ReplayCommandOptions {
  readonly stage: string;
  readonly region?: string;
  readonly deadLetters?: true | readonly string[];
  readonly dryRun: boolean;
  readonly limit?: string;
  readonly from?: string;
  readonly to?: string;
  readonly beyondMemory: boolean;
}

/** ReplayRequest is what is asked for, checked. */
export type ReplayRequest =
  | { readonly kind: 'archive'; readonly range: ReplayRange; readonly dryRun: boolean }
  | {
      readonly kind: 'dead-letters';
      /** None: all. */
      readonly queues: readonly string[];
      readonly limit: number;
      readonly dryRun: boolean;
    };

/** readRequest checks the flags against each other. @throws {UsageError} for those that don't go together. */
export function readRequest(options: ReplayCommandOptions, now: Date): ReplayRequest {
  const { beyondMemory, deadLetters, dryRun, from, limit, stage, to } = options;
  if (!/^[a-z][a-z0-9-]{0,40}$/.test(stage)) throw new UsageError(`--stage ${stage}: no name of a stage, such as prod`);
  if (from === undefined && to === undefined) {
    return {
      kind: 'dead-letters',
      queues: deadLetters === undefined || deadLetters === true ? [] : deadLetters,
      limit: limit === undefined ? Infinity : wholeNumber('--limit', limit),
      // Without a word of what to send, nothing is sent.
      dryRun: dryRun || deadLetters === undefined,
    };
  }
  if (deadLetters !== undefined) {
    throw new UsageError('--dead-letters and --from: one or the other', 'A time range is of the findings archive.');
  }
  if (limit !== undefined)
    throw new UsageError('--limit is for dead letters; a time range is limited by --from and --to');
  if (from === undefined) throw new UsageError('--to needs --from: from when on shall findings be replayed?');
  return { kind: 'archive', range: rangeOf(from, to, now, beyondMemory), dryRun };
}

function rangeOf(from: string, to: string | undefined, now: Date, beyondMemory: boolean): ReplayRange {
  const times = parseTimeRange(from, to, now);
  const start = new Date(times.from ?? now);
  const end = new Date(Math.min(Date.parse(times.to ?? now.toISOString()), now.getTime()));
  if (start >= end) throw new UsageError(`--from ${from}: nothing has happened since`);
  const { rememberMs } = seenStoreTimes;
  if (!beyondMemory && now.getTime() - start.getTime() > rememberMs) {
    throw new UsageError(
      `--from ${from}: what was delivered more than ${rememberMs / 86_400_000} days ago is no longer remembered, and receivers may get it twice`,
      'Begin later, or add --beyond-memory.',
    );
  }
  return { from: start, to: end };
}

function wholeNumber(option: string, text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new UsageError(`${option} ${text}: not a whole number from 1 on`);
  return Number(text);
}
