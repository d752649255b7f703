import { Option } from 'commander';
import type { Command } from 'commander';
import type { DoctorOptions } from './examine-stage.ts';
import type { Surroundings } from '../shell/terminal.ts';

const help = `
It only looks, with the credentials of your shell; what it may not look at is unknown, with the permission that is missing.
--send is the exception: each receiver of the stage is sent a test message, which says that it is one.

Examples:
  trailwatch doctor --stage dev
  trailwatch doctor --stage prod --region eu-central-1 --format json | jq '.results[] | select(.state != "ok")'
  trailwatch doctor --stage prod --send

Exit codes: 0 nothing is broken, 1 something is (with --strict: or is a warning), 2 wrong usage, 3 nothing that could be looked at
is broken, but something could not be
`;

/** doctorCommand adds `trailwatch doctor`: what is missing for a stage to work, and how to mend it. */
export function doctorCommand(program: Command, surroundings: Surroundings, end: (code: number) => void): void {
  program
    .command('doctor')
    .summary('what is missing for a stage to work, and how to mend it')
    .description(
      'Look at a deployed stage and at what it depends on: credentials, trail, buckets, log groups, rules, queues, alarms, receivers, quotas. ' +
        'Each thing that is not right comes with the command or step that mends it.',
    )
    .requiredOption('--stage <stage>', 'the stage, e.g. dev')
    .option('--region <region>', 'where it is deployed (default: AWS_REGION, else us-east-1)')
    .addOption(new Option('--format <format>', 'how it is told').choices(['table', 'json']).default('table'))
    .option('--strict', 'exit 1 also for warnings', false)
    .option('--send', 'send a test message to each receiver of the stage', false)
    .addHelpText('after', help)
    .action(async (options: DoctorOptions) => {
      const { examineStage } = await import('./examine-stage.ts');
      end(await examineStage(options, surroundings));
    });
}
