import type { Command } from 'commander';
import type { Surroundings } from '../shell/terminal.ts';
import type { ReplayCommandOptions } from './replay-options.ts';

const help = `
Messages that a function or a receiver could not process are kept as dead letters for 14 days. Fix the cause first, then:
  trailwatch replay --stage prod                             list the dead letters by queue, with reasons; changes nothing
  trailwatch replay --stage prod --dead-letters              send all of them back to their queue or function
  trailwatch replay --stage prod --dead-letters deliver      only those of the deliver queue
  trailwatch replay --stage prod --dead-letters --limit 1    try one first
A dead letter is deleted once its target has accepted it. Unreadable ones, and those without a target, stay and are listed.

The archive of the findings bus also keeps every finding (14 to 365 days, by stage). To deliver a time range of it again:
  trailwatch replay --stage prod --from 2026-03-11T07:00 --to 2026-03-11T09:30
Use it for findings that are not dead letters: after the deliver queue was purged, its rule was disabled, or a receiver was added
in config/*.yml. Ctrl-C cancels the replay.

A replay sends no duplicates: a receiver gets only the findings that it has not had in the last 30 days.

Exit codes: 0 done, 1 AWS refused, or the replay failed, 2 wrong usage, 3 done, but dead letters are left: each is listed with its reason
`;

/** replayCommand adds `trailwatch replay`: dead letters, or a time range of the findings archive, once more. */
export function replayCommand(program: Command, surroundings: Surroundings, end: (code: number) => void): void {
  program
    .command('replay')
    .summary('send dead letters again, or a time range of the findings archive')
    .description('List the dead letters of a stage, send them again, or replay the archive of its findings bus.')
    .requiredOption('--stage <stage>', 'the stage, e.g. dev')
    .option('--region <region>', 'region of the stage (default: AWS_REGION, else us-east-1)')
    .option(
      '--dead-letters [queue...]',
      'send dead letters again: those of all queues, or of the named ones, e.g. deliver',
    )
    .option('--dry-run', 'show what would be sent, and send nothing', false)
    .option('--limit <number>', 'send at most this many dead letters')
    .option('--from <time>', 'start of the range to replay: a day, a time (UTC), or 36h, 7d, 2w ago')
    .option('--to <time>', 'end of the range (default: now)')
    .option('--beyond-memory', 'also replay findings so old that receivers may get them twice', false)
    .addHelpText('after', help)
    .action(async (options: ReplayCommandOptions) => {
      const { replayStage } = await import('./replay-stage.ts');
      end(await replayStage(options, surroundings));
    });
}
