import type { Command } from 'commander';
import type { CompactOptions } from './compact.ts';
import type { ImportOptions } from './import.ts';
import type { Surroundings } from '../shell/terminal.ts';

const help = `
An import reads only new and changed files and adds each event once, so you can repeat it at any time, also after Ctrl-C.
Afterwards: trailwatch report run NAME --archive DIR

Examples:
  trailwatch archive import trail/
  trailwatch archive import s3://my-trail/AWSLogs/111122223333 --from 2026-03-01 --to 2026-03-31
  trailwatch archive import incident-42/ --store incident-42.store
`;

const compactHelp = `
Days that are in the copy are skipped, and copying a day again changes nothing, so you can stop with Ctrl-C (which also stops the
query on Athena) and run it again. Each file is read twice, once to count and once to copy; the output gives bytes and cost.

Examples:
  trailwatch archive compact --stage prod --from 2025-01-01 --to 2025-12-31 --dry-run
  trailwatch archive compact --stage prod --from 400d
`;

/** archiveCommand adds `trailwatch archive`: logs in a local store, and the columnar copy of a stage. */
export function archiveCommand(program: Command, surroundings: Surroundings, end: (code: number) => void): void {
  const command = program
    .command('archive')
    .summary('keep logs as Parquet for fast reports: in a local store, or in the columnar copy of a stage')
    .description('Keep logs as Parquet for fast reports: in a local store, or in the columnar copy of a stage.');
  command
    .command('import')
    .summary('add files and folders to a local store')
    .description(
      'Add CloudTrail and host logs to a local store, partitioned by day and account, in order of time, each event once.',
    )
    .argument('<path...>', 'files or folders, as for scan, or s3://bucket/prefix')
    .option('--store <dir>', 'the store; created if it does not exist', 'trailwatch-store')
    .option('--from <time>', 'first day to import from a bucket: 2026-03-01, or 30d ago')
    .option('--to <time>', 'last day to import from a bucket')
    .addHelpText('after', help)
    .action(async (paths: readonly string[], options: ImportOptions) => {
      const { importArchive } = await import('./import.ts');
      end(await importArchive(paths, options, surroundings));
    });
  command
    .command('compact')
    .summary("copy a stage's trail into its columnar table, which makes reports cheaper")
    .description(
      "Copy the trail of a stage into its columnar table with Athena, day by day, each event once. The stage's compact function copies the last days by itself.",
    )
    .requiredOption('--stage <name>', 'the stage, e.g. prod')
    .option('--from <day>', 'first day of deliveries: 2026-01-01, or 90d ago (default: seven days ago)')
    .option('--to <day>', 'last day of deliveries (default: yesterday)')
    .option('--dry-run', 'list the days that would be copied, and copy nothing', false)
    .option('--work-group <name>', 'Athena work group (default: trailwatch-<stage>-reports)')
    .option('--database <name>', 'Athena database (default: trailwatch_<stage>)')
    .option('--state-table <name>', "the stage's state table (default: trailwatch-<stage>-state)")
    .addHelpText('after', compactHelp)
    .action(async (options: CompactOptions) => {
      const { compactArchive } = await import('./compact.ts');
      end(await compactArchive(options, surroundings));
    });
}
