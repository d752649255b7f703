import type { Command } from 'commander';
import type { ExitCode } from '../shell/exit.ts';
import { withConfigOption, withRulesOption } from '../shell/options.ts';
import type { Surroundings } from '../shell/terminal.ts';
import type { SeedOptions } from './seed.ts';

const help = `
Examples:
  trailwatch baseline seed s3://my-trail/AWSLogs/ --stage prod --config config/prod.yml --from 30d
  trailwatch baseline seed AWSLogs/ --stage dev

First-seen rules only watch a group for their learning time. After seeding they know what the archive shows, and alert from
the first day. Seeding raises no finding, and seeding again changes nothing.
`;

/** baselineCommand adds `trailwatch baseline` and its command: what first-seen rules know beforehand. */
export function baselineCommand(program: Command, surroundings: Surroundings, end: (code: ExitCode) => void): void {
  const baseline = program
    .command('baseline')
    .summary('teach first-seen rules what is usual')
    .description('What first-seen rules of a stage know of the past.')
    .helpCommand(false)
    .addHelpText('after', help);

  withRulesOption(withConfigOption(baseline.command('seed')))
    .summary('fill the first-seen memory of a stage from an archive')
    .description('Note in the state table of a stage what groups showed in logs of the past. Raises no findings.')
    .argument('<path...>', 'files, folders or s3://bucket/prefix')
    .requiredOption('--stage <stage>', 'the stage, e.g. dev')
    .option('--region <region>', 'region of the stage (default: AWS_REGION, else us-east-1)')
    .option('--from <time>', 'leave out records before this day or time (UTC), or from 36h, 7d, 2w ago on')
    .option('--to <time>', 'leave out records after this time; a day counts to its end')
    .action(async (paths: readonly string[], options: SeedOptions) => {
      const { seedBaseline } = await import('./seed.ts');
      end(await seedBaseline(paths, options, surroundings));
    });
}
