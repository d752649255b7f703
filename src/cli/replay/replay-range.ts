import { shown } from '../../text/escape.ts';
import { replayArchive, type ReplayRange, type ReplayState } from '../../replay/archive-replay.ts';
import { exitCode } from '../shell/exit.ts';
import type { ExitCode } from '../shell/exit.ts';
import type { Surroundings } from '../shell/terminal.ts';
import { pause } from '../../time/pause.ts';

export interface RangeRequest {
  readonly stage: string;
  readonly region: string;
  readonly range: ReplayRange;
  readonly dryRun: boolean;
}

/** EventBridge takes up to ten minutes to put an event into an archive. */
const archivedAfterMs = 10 * 60_000;

/** replayRange starts a replay of a time range of the findings archive, and waits for its end. */
export async function replayRange(
  { dryRun, range, region, stage }: RangeRequest,
  { err, now, out, stop }: Surroundings,
): Promise<ExitCode> {
  const words = `the findings of ${stage}, ${region}, from ${range.from.toISOString()} to ${range.to.toISOString()}`;
  if (now().getTime() - range.to.getTime() < archivedAfterMs) {
    await err.write('Findings of the last ten minutes may not be in the archive yet.\n');
  }
  if (dryRun) {
    await out.write(`Would replay ${words}\n`);
    return exitCode.done;
  }
  const { openArchiveReplays } = await import('../../aws/queues/open-replay.ts');
  const name = `trailwatch-${stage}-${now().toISOString().replace(/\D/g, '').slice(0, 14)}`;
  const ended = await replayArchive(await openArchiveReplays(region), {
    stage,
    range,
    name,
    signal: stop,
    // Ctrl-C ends the pause early, without an error.
    wait: pause,
    progress: ({ state }, part) => {
      if (err.interactive) void err.write(`\r${state.toLowerCase()} ${Math.floor(part * 100)}%\u001b[K`);
    },
  });
  if (err.interactive) await err.write('\r\u001b[K');
  await out.write(`${endWords(ended)} ${words} (${name})\n`);
  return ended.state === 'COMPLETED' ? exitCode.done : exitCode.checkFailed;
}

function endWords({ reached, state, why }: ReplayState): string {
  if (state === 'COMPLETED') return 'Replayed';
  if (state === 'CANCELLED')
    return `Cancelled${reached === undefined ? '' : ` after the findings up to ${reached.toISOString()}`}:`;
  return `Failed${why === undefined ? '' : ` (${shown(why, 300)})`}:`;
}
