import { Option } from 'commander';
import type { Command } from 'commander';
import { pricedRegions } from '../../cost/prices.ts';
import { profiles, volumes } from '../../cost/volumes.ts';
import type { CostOptions } from './estimate-cost.ts';
import type { Surroundings } from '../shell/terminal.ts';

const help = `
What is not given comes from the profile. A file of volumes has the options' names in camel case, with switches below \`switches\`:

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

/** costCommand adds `trailwatch cost`: what a month would cost, and how that is computed. */
export function costCommand(program: Command, surroundings: Surroundings, end: (code: number) => void): void {
  const command = program
    .command('cost')
    .summary('what a month would cost for given volumes, and how that is computed')
    .description(
      "Estimate a stage's monthly bill by service from volumes and AWS's list prices, with the formula of each line in words, what dominates, the switch that lowers it, and which prices nobody checked.",
    )
    .addOption(
      new Option('--profile <size>', 'the volumes of a usual account of this size').choices(profiles).default('small'),
    )
    .addOption(new Option('--region <region>', 'whose prices').choices(pricedRegions).default('us-east-1'))
    .option('--stage <stage>', "take the stage's parameters of serverless.yml as switches")
    .option(
      '--set <name=value>',
      'a switch: tracing, logsStream, readOnlyEvents, healthAlarms, logRetentionDays, …; repeatable',
      collect,
      [],
    )
    .option('--volumes <file>', 'a file (YAML, JSON) of volumes and switches')
    .option('--from-archive <path>', 'measure volumes in a folder of logs')
    .option('--assumptions', 'list the sizes and durations that the formulas assume, too; JSON always has them')
    .addOption(new Option('--format <format>', 'how it is printed').choices(['table', 'json']).default('table'));
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
