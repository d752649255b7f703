/** ReplayState is the progress of a replay of the findings archive. */
export interface ReplayState {
  readonly state: 'STARTING' | 'RUNNING' | 'COMPLETED' | 'CANCELLING' | 'CANCELLED' | 'FAILED';
  readonly why?: string;
  /** The time of the last event that was replayed. */
  readonly reached?: Date;
}

/** ArchiveReplays replays the archive of a stage's findings bus. */
export interface ArchiveReplays {
  /** start replays the findings of a time range to the rule that fills the deliver queue, and to no other rule. */
  readonly start: (name: string, stage: string, range: ReplayRange) => Promise<void>;
  readonly state: (name: string) => Promise<ReplayState>;
  readonly cancel: (name: string) => Promise<void>;
}

export interface ReplayRange {
  readonly from: Date;
  readonly to: Date;
}

export interface ReplayOptions {
  readonly stage: string;
  readonly range: ReplayRange;
  /** Names the replay; EventBridge keeps a name for 90 days. */
  readonly name: string;
  /** Cancels the replay when it is aborted. */
  readonly signal: AbortSignal;
  readonly progress: (state: ReplayState, part: number) => void;
  /** Returns early when aborted. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
}

const everyMs = 5_000;

/** replayArchive starts a replay and follows it to its end. When it is aborted, it cancels the replay and returns its state. */
export async function replayArchive(replays: ArchiveReplays, options: ReplayOptions): Promise<ReplayState> {
  const { name, progress, range, signal, stage, wait } = options;
  await replays.start(name, stage, range);
  let cancelled = false;
  const never = new AbortController().signal;
  for (;;) {
    if (signal.aborted && !cancelled) {
      await replays.cancel(name);
      cancelled = true;
    }
    const state = await stateOf(replays, name);
    progress(state, partOf(state, range));
    if (state.state === 'COMPLETED' || state.state === 'CANCELLED' || state.state === 'FAILED') return state;
    await wait(everyMs, cancelled ? never : signal);
  }
}

async function stateOf(replays: ArchiveReplays, name: string): Promise<ReplayState> {
  try {
    return await replays.state(name);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(
      `${name} is under way, but can't be followed: ${why}. It goes on: aws events describe-replay --replay-name ${name}`,
      { cause },
    );
  }
}

function partOf({ reached, state }: ReplayState, { from, to }: ReplayRange): number {
  if (state === 'COMPLETED') return 1;
  if (reached === undefined || to.getTime() <= from.getTime()) return 0;
  return Math.min(1, Math.max(0, (reached.getTime() - from.getTime()) / (to.getTime() - from.getTime())));
}
