import type { Command } from 'commander';
import type { Surroundings } from '../shell/terminal.ts';
import type { ReplayCommandOptions } from './replay-options.ts';

const help = `
What a function or a receiver did not manage waits among the dead letters, for 14 days. Mend the cause first; then
  trailwatch replay --stage prod                             what waits, in which queue, and why; changes nothing
  trailwatch replay --stage prod --dead-letters              sends all of it back to where it belongs
  trailwatch replay --stage prod --dead-letters deliver      only what receivers or the deliver function did not take
  trailwatch replay --stage prod --dead-letters --limit 1    tries one first
A letter is deleted once it was taken. What nobody can read, or no way leads back to, stays and is named.

Every finding is also in the archive of the findings bus (14 to 365 days, by stage). A time range of it is delivered again with
  trailwatch replay --stage prod --from 2026-03-11T07:00 --to 2026-03-11T09:30
which is for findings that are no dead letters: the deliver queue was emptied, its rule was off, a receiver is new in config/*.yml.
Ctrl-C cancels it.

Nobody is told twice: each receiver is asked only for what it has not had, as far as the stage remembers (30 days).

Exit codes: 0 done, 1 AWS refused, or the replay failed, 2 wrong usage, 3 done, but letters are left: each is named with its reason
`;

/** replayCommand adds `trailwatch replay`: dead letters, or a time range of the findings archive, once more. */
export function replayCommand(program: Command, surroundings: Surroundings, end: (code: number) => void): void {
  program
    .command('replay')
    .summary('send dead letters again, or a time range of the findings archive')
    .description(
      'Show what waits among the dead letters of a stage, send it again, or replay the archive of its findings bus.',
    )
    .requiredOption('--stage <stage>', 'the stage, e.g. dev')
    .option('--region <region>', 'where it is deployed (default: AWS_REGION, else us-east-1)')
    .option('--dead-letters [queue...]', 'send dead letters again: of all queues, or of those named, e.g. deliver')
    .option('--dry-run', 'only show what would be sent', false)
    .option('--limit <number>', 'send at most so many letters')
    .option('--from <time>', 'replay the findings from then on: a day, a time (UTC), or 36h, 7d, 2w ago')
    .option('--to <time>', 'until then (default: now)')
    .option('--beyond-memory', 'also what is so old that receivers may get it twice', false)
    .addHelpText('after', help)
    .action(async (options: ReplayCommandOptions) => {
      const { replayStage } = await import('./replay-stage.ts');
      end(await replayStage(options, surroundings));
    });
}
