import { Option } from 'commander';
import type { Command } from 'commander';
import type { DoctorOptions } from './examine-stage.ts';
import type { Surroundings } from '../shell/terminal.ts';

const help = `
The doctor only reads, with the credentials of your shell. A check without permission is \`unknown\` and names the missing
permission. With --send, it also sends each receiver of the stage a message that is marked as a test.

Examples:
  trailwatch doctor --stage dev
  trailwatch doctor --stage prod --region eu-central-1 --format json | jq '.results[] | select(.state != "ok")'
  trailwatch doctor --stage prod --send

Exit codes: 0 nothing is broken, 1 something is broken (with --strict, also for warnings), 2 wrong usage, 3 some checks are unknown
and the others found nothing broken
`;

/** doctorCommand adds `trailwatch doctor`: what is missing for a stage to work, and how to mend it. */
export function doctorCommand(program: Command, surroundings: Surroundings, end: (code: number) => void): void {
  program
    .command('doctor')
    .summary('check a deployed stage and print how to fix each problem')
    .description(
      'Check a deployed stage and its dependencies: credentials, trail, buckets, log groups, rules, queues, alarms, receivers, quotas. ' +
        'Each problem comes with the command or step that fixes it.',
    )
    .requiredOption('--stage <stage>', 'the stage, e.g. dev')
    .option('--region <region>', 'region of the stage (default: AWS_REGION, else us-east-1)')
    .addOption(new Option('--format <format>', 'output format').choices(['table', 'json']).default('table'))
    .option('--strict', 'exit 1 also for warnings', false)
    .option('--send', 'send a test message to each receiver of the stage', false)
    .addHelpText('after', help)
    .action(async (options: DoctorOptions) => {
      const { examineStage } = await import('./examine-stage.ts');
      end(await examineStage(options, surroundings));
    });
}
