import type { Command } from 'commander';
import type { ImportOptions } from './archive-import.ts';
import type { Surroundings } from './terminal.ts';

const help = `
Only files that are new or have changed are read, and an event that is there already is not added again: import as often as you
like, and after Ctrl-C just once more. Then: trailwatch report run NAME --archive DIR

Examples:
  trailwatch archive import trail/
  trailwatch archive import s3://my-trail/AWSLogs/111122223333 --from 2026-03-01 --to 2026-03-31
  trailwatch archive import incident-42/ --store incident-42.store
`;

/** archiveCommand adds `trailwatch archive import`: a folder of logs into a store that answers in moments. */
export function archiveCommand(program: Command, surroundings: Surroundings, end: (code: number) => void): void {
  const command = program
    .command('archive')
    .summary('keep logs in a local store that reports read in moments')
    .description('Keep logs in a local store (Parquet), that reports read in moments.');
  command
    .command('import')
    .summary('add files and folders to a local store')
    .description(
      'Add CloudTrail and host logs to a local store: by day and account, in order of time, each event once.',
    )
    .argument('<path...>', 'files or folders, as for scan, or s3://bucket/prefix')
    .option('--store <dir>', 'the store; made when it is not there', 'trailwatch-store')
    .option('--from <time>', 'of a bucket, the first day to import: 2026-03-01, or 30d ago')
    .option('--to <time>', 'of a bucket, the last day to import')
    .addHelpText('after', help)
    .action(async (paths: readonly string[], options: ImportOptions) => {
      const { importArchive } = await import('./archive-import.ts');
      end(await importArchive(paths, options, surroundings));
    });
}
