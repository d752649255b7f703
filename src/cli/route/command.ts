import { Option, type Command } from 'commander';
import type { ExitCode } from '../shell/exit.ts';
import { withConfigOption } from '../shell/options.ts';
import type { Surroundings } from '../shell/terminal.ts';
import type { RouteTestOptions } from './test.ts';

const help = `
Labels: level, rule, tag, account, region, source, service, action, actor, actorKind, address, target; one may be given several times.
A rule's own level, tags and log source are filled in where they aren't given.

Examples:
  trailwatch route test --stage prod level=high account=production tag=attack.persistence
  trailwatch route test --stage prod rule='SSH brute force' address=192.0.2.7
  trailwatch route test --stage prod --finding finding.json
  trailwatch route test --config config/prod.yml level=low --receivers none
  trailwatch route test level=critical --receivers sns,slack
  trailwatch route test --stage prod level=high --at 2026-12-24T23:00+01:00 --format json

Exit codes: 0 done, 1 other receivers than --receivers names, 2 wrong usage or a configuration that is refused
`;

/** routeCommand adds `trailwatch route` and its command: who would be told of a finding. */
export function routeCommand(program: Command, surroundings: Surroundings, end: (code: ExitCode) => void): void {
  const route = program
    .command('route')
    .summary('who would be told of a finding, and why')
    .description('Ask what config/*.yml says of delivery.')
    .helpCommand(false);

  withConfigOption(route.command('test'))
    .summary('which receivers a finding would reach, and why')
    .description(
      'Show what every step of delivery makes of a finding: suppressions, inhibitions, trials and routes, and how each ' +
        'receiver that it would reach is told.',
    )
    .argument('[label=value...]', 'what is known of the finding')
    .option('--stage <name>', "lay the stage's file, config/<name>.yml, over config/default.yml")
    .option('--finding <file>', 'take the labels from a finding as it is on the findings bus; - is standard input')
    .option('--receivers <names>', 'exit 1 when it would reach others than these: names with commas between, or none')
    .option('--at <time>', 'ask for another moment than now: 2026-12-24T23:00+01:00, or UTC without a zone')
    .addOption(new Option('--format <format>', 'how the answer is printed').choices(['text', 'json']).default('text'))
    .addHelpText('after', help)
    .action(async (labels: readonly string[], options: RouteTestOptions) => {
      const { testRoute } = await import('./test.ts');
      end(await testRoute(labels, options, surroundings));
    });
}
