import type { Command } from 'commander';
import type { CompactOptions } from './compact.ts';
import type { ImportOptions } from './import.ts';
import type { Surroundings } from '../shell/terminal.ts';

const help = `
Only files that are new or have changed are read, and an event that is there already is not added again: import as often as you
like, and after Ctrl-C just once more. Then: trailwatch report run NAME --archive DIR

Examples:
  trailwatch archive import trail/
  trailwatch archive import s3://my-trail/AWSLogs/111122223333 --from 2026-03-01 --to 2026-03-31
  trailwatch archive import incident-42/ --store incident-42.store
`;

const compactHelp = `
Days that are copied already are left alone, and one that is copied once more changes nothing: stop it with Ctrl-C (the query on Athena is
stopped too) and run it again as you like. The trail's files are read twice, once to count and once to copy; bytes and cost are told.

Examples:
  trailwatch archive compact --stage prod --from 2025-01-01 --to 2025-12-31 --dry-run
  trailwatch archive compact --stage prod --from 400d
`;

/** archiveCommand adds `trailwatch archive`: logs in a local store, and the columnar copy of a stage. */
export function archiveCommand(program: Command, surroundings: Surroundings, end: (code: number) => void): void {
  const command = program
    .command('archive')
    .summary('keep logs in columns, that reports read in moments: a local store, or the copy of a stage')
    .description(
      'Keep logs in columns (Parquet), that reports read in moments: in a local store, or in the copy of a stage.',
    );
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
      const { importArchive } = await import('./import.ts');
      end(await importArchive(paths, options, surroundings));
    });
  command
    .command('compact')
    .summary("fill the columnar copy of a stage's trail, which reports read for less")
    .description(
      "Copy the trail of a stage into its columnar table, by Athena: day by day, each event once. A stage's function does the last days by itself.",
    )
    .requiredOption('--stage <name>', 'the stage, e.g. prod')
    .option('--from <day>', 'the first day of deliveries: 2026-01-01, or 90d ago; without it, seven days ago')
    .option('--to <day>', 'the last day; without it, yesterday')
    .option('--dry-run', 'only say which days would be copied', false)
    .option('--work-group <name>', "Athena's work group, when it is not the stage's own")
    .option('--database <name>', "the tables' database, when it is not the stage's own")
    .option('--state-table <name>', "the state table, when it is not the stage's own")
    .addHelpText('after', compactHelp)
    .action(async (options: CompactOptions) => {
      const { compactArchive } = await import('./compact.ts');
      end(await compactArchive(options, surroundings));
    });
}
