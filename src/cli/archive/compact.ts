import { randomUUID } from 'node:crypto';
import { folderAfter } from '../../archive/copy/copy-days.ts';
import type { DayRange } from '../../archive/copy/copy-days.ts';
import { CopyError, copyTrail, lastWholeDays, pendingDays } from '../../archive/copy/copy-trail.ts';
import type { CopyEvent } from '../../archive/copy/copy-trail.ts';
import { ReportError } from '../../report/definition/report-error.ts';
import { exitCode, UsageError } from '../shell/exit.ts';
import type { ExitCode } from '../shell/exit.ts';
import { reasonOf } from '../shell/write-error.ts';
import { openStageCopy } from '../stage/stage-copy.ts';
import type { StageOptions } from '../stage/stage-names.ts';
import type { Surroundings } from '../shell/terminal.ts';
import { bytes, plural } from '../../text/amounts.ts';
import { parseTimeRange } from '../shell/time-range.ts';
import { dayOf, folderOf } from '../../time/days.ts';

/** CompactOptions are the flags of `trailwatch archive compact`. */
export interface CompactOptions extends StageOptions {
  readonly from?: string;
  readonly to?: string;
  readonly dryRun: boolean;
}

/** compactArchive fills the columnar copy of a stage for days of delivery, says what it did and returns the exit code. */
export async function compactArchive(options: CompactOptions, surroundings: Surroundings): Promise<ExitCode> {
  const { out, err, now, stop } = surroundings;
  const range = rangeOf(options, now());
  let running = '';
  const parts = openStageCopy(options, {
    now,
    onProgress: ({ state, bytesScanned = 0 }) => {
      if (err.interactive)
        void err.write(`\r${running}: ${state.toLowerCase()}, ${bytes(bytesScanned)} scanned\u001b[K`);
    },
  });
  const clear = err.interactive ? '\r\u001b[K' : '';
  try {
    if (options.dryRun) {
      const days = await pendingDays(range, parts);
      await out.write(`${days.length === 0 ? 'Nothing to copy' : days.join('\n')}\n`);
      await err.write(`${plural(days.length, 'day')} of ${range.from} to ${range.to} to copy; nothing was copied\n`);
      return exitCode.done;
    }
    const run = await copyTrail(
      {
        range,
        holder: randomUUID(),
        signal: stop,
        onEvent: (event) => {
          running = 'day' in event ? event.day : running;
          const line = lineOf(event);
          if (line !== undefined) void out.write(`${clear}${line}\n`);
        },
      },
      parts,
    );
    if (run.state === 'busy') {
      await err.write(
        "trailwatch: another run holds the lease on the columnar copy (the stage's function, or another user). Try again later.\n",
      );
      return exitCode.checkFailed;
    }
    await err.write(
      `${clear}${plural(run.copied.length, 'day')} copied; ${bytes(run.bytesScanned)} scanned, $${run.cost.toFixed(4)}\n` +
        (run.left.length > 0 ? `${plural(run.left.length, 'day')} left: run it again to continue\n` : ''),
    );
    return run.left.length > 0 ? exitCode.interrupted : exitCode.done;
  } catch (error) {
    if (stop.aborted) {
      await err.write(`${clear}Stopped, and the query on Athena was cancelled. Run it again to continue.\n`);
      return exitCode.interrupted;
    }
    const hint = error instanceof ReportError && error.hint !== undefined ? `\n${error.hint}` : '';
    const known = error instanceof CopyError || error instanceof ReportError;
    await err.write(`${clear}trailwatch: ${known ? error.message : reasonOf(error)}${hint}\n`);
    return exitCode.fault;
  }
}

/** Without --from: the last days, as the function takes them. Today has not ended, so it is not copied yet. */
function rangeOf({ from, to }: CompactOptions, now: Date): DayRange {
  const range = parseTimeRange(from, to, now);
  const last = folderAfter(folderOf(dayOf(now)), -1);
  const wanted = range.to === undefined ? last : folderOf(dayOf(Date.parse(range.to)));
  const end = wanted < last ? wanted : last;
  const start = range.from === undefined ? lastWholeDays(now, 7).from : folderOf(dayOf(Date.parse(range.from)));
  if (start > end)
    throw new UsageError(`no complete day from ${start} to ${end}`, 'A day is copied once it has ended (UTC).');
  return { from: start, to: end };
}

function lineOf(event: CopyEvent): string | undefined {
  switch (event.kind) {
    case 'made':
      return `table created at ${event.location}`;
    case 'surveyed':
      return undefined;
    case 'merged':
      return event.of > 1 ? `${event.day}  part ${event.chunk} of ${event.of}` : undefined;
    case 'copied':
      return `${event.day}  ${plural(event.events, 'event')} of ${plural(event.accounts, 'account')}`;
    case 'expired':
      return `events before ${event.before} removed`;
    default:
      throw new Error(event satisfies never);
  }
}
