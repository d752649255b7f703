import { seenStoreTimes } from '../../notify/delivery/state/index.ts';
import type { ReplayRange } from '../../replay/archive-replay.ts';
import { UsageError } from '../shell/exit.ts';
import { parseTimeRange } from '../shell/time-range.ts';
import { checkStage } from '../stage/stage-names.ts';
import { dayMs } from '../../time/days.ts';

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

/** ReplayRequest is the checked request. */
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
  checkStage(stage);
  if (from === undefined && to === undefined) {
    return {
      kind: 'dead-letters',
      queues: deadLetters === undefined || deadLetters === true ? [] : deadLetters,
      limit: limit === undefined ? Infinity : wholeNumber('--limit', limit),
      // Without --dead-letters, nothing is sent.
      dryRun: dryRun || deadLetters === undefined,
    };
  }
  if (deadLetters !== undefined) {
    throw new UsageError(
      '--dead-letters and --from exclude each other',
      '--from and --to select a range of the findings archive.',
    );
  }
  if (limit !== undefined)
    throw new UsageError('--limit applies to dead letters only; use --from and --to to limit a replay of the archive');
  if (from === undefined) throw new UsageError('--to requires --from (the start of the range to replay)');
  return { kind: 'archive', range: rangeOf(from, to, now, beyondMemory), dryRun };
}

function rangeOf(from: string, to: string | undefined, now: Date, beyondMemory: boolean): ReplayRange {
  const times = parseTimeRange(from, to, now);
  const start = new Date(times.from ?? now);
  const end = new Date(Math.min(Date.parse(times.to ?? now.toISOString()), now.getTime()));
  if (start >= end) throw new UsageError(`--from ${from}: must be before the end of the range and before now`);
  const { rememberMs } = seenStoreTimes;
  if (!beyondMemory && now.getTime() - start.getTime() > rememberMs) {
    throw new UsageError(
      `--from ${from}: deliveries are remembered for ${rememberMs / dayMs} days only; receivers may get older findings twice`,
      'Choose a later time, or add --beyond-memory.',
    );
  }
  return { from: start, to: end };
}

function wholeNumber(option: string, text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new UsageError(`${option} ${text}: expected a whole number of 1 or more`);
  return Number(text);
}
