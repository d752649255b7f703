import { Option } from 'commander';
import type { Command } from 'commander';
import { pricedRegions } from '../../cost/prices.ts';
import { profiles, volumes } from '../../cost/volumes.ts';
import type { CostOptions } from './estimate-cost.ts';
import type { Surroundings } from '../shell/terminal.ts';

const help = `
The profile gives every value that you don't set. A volumes file uses the options' names in camel case, with switches under \`switches\`:

  trailEventsPerDay: 400000
  hostLogGbPerDay: 1.5
  switches: { tracing: Active, logsStream: true, logRetentionDays: 365 }

Examples:
  trailwatch cost
  trailwatch cost --profile medium --stage prod --region eu-central-1
  trailwatch cost --trail-events-per-day 400000 --host-log-gb-per-day 1.5 --set tracing=Active
  trailwatch cost --from-archive AWSLogs/ --format json | jq .usd

Exit codes: 0 done, 2 wrong usage, 3 done, but some of the archive could not be read
`;

/** costCommand adds `trailwatch cost`: the monthly cost of a stage, with its formulas. */
export function costCommand(program: Command, surroundings: Surroundings, end: (code: number) => void): void {
  const command = program
    .command('cost')
    .summary('estimate the monthly cost of a stage, with the formula of each line')
    .description(
      "Estimate a stage's monthly bill by service from volumes and AWS list prices: the formula of each line, the largest lines, the switches that lower them, and the prices that were not checked.",
    )
    .addOption(
      new Option('--profile <size>', 'volumes of a typical account of this size').choices(profiles).default('small'),
    )
    .addOption(new Option('--region <region>', 'region whose prices apply').choices(pricedRegions).default('us-east-1'))
    .option('--stage <stage>', "use the stage's parameters in serverless.yml as switches")
    .option(
      '--set <name=value>',
      'a switch: tracing, logsStream, readOnlyEvents, healthAlarms, logRetentionDays, …; repeatable',
      collect,
      [],
    )
    .option('--volumes <file>', 'a file (YAML, JSON) of volumes and switches')
    .option('--from-archive <path>', 'measure volumes in a folder of logs')
    .option('--assumptions', 'also list the sizes and durations that the formulas assume (JSON always has them)')
    .addOption(new Option('--format <format>', 'output format').choices(['table', 'json']).default('table'));
  for (const [name, { about }] of Object.entries(volumes)) command.option(`--${kebab(name)} <n>`, about);
  command.addHelpText('after', help).action(async (options: CostOptions) => {
    const { estimateCost } = await import('./estimate-cost.ts');
    end(await estimateCost(options, surroundings));
  });
}

function kebab(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}
