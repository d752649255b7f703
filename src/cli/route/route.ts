import type { Command } from 'commander';
import type { ExitCode } from '../exit.ts';
import { withConfigOption } from '../options.ts';
import type { Surroundings } from '../terminal.ts';
import type { RouteTestOptions } from './test.ts';

const help = `
Labels: level, rule, tag, account, region, source, service, action, actor, actorKind, address, target; one may be given several times.

Examples:
  trailwatch route test --stage prod level=high account=production tag=attack.persistence
  trailwatch route test --stage prod --finding finding.json
  trailwatch route test --config config/prod.yml level=low --receivers none
  trailwatch route test level=critical --receivers sns,slack

Exit codes: 0 done, 1 other receivers than --receivers names, 2 wrong usage or a configuration that is refused
`;

/** routeCommand adds `trailwatch route` and its command: who would be told of a finding. */
export function routeCommand(program: Command, surroundings: Surroundings, end: (code: ExitCode) => void): void {
  const route = program
    .command('route')
    .summary('who would be told of a finding, and why')
    .description('Ask the routes and suppressions of config/*.yml.')
    .helpCommand(false);

  withConfigOption(route.command('test'))
    .summary('which receivers a finding would reach, and why')
    .description('Show which suppressions and routes take a finding, as a tree, and which receivers it would reach.')
    .argument('[label=value...]', 'what is known of the finding')
    .option('--stage <name>', "lay the stage's file, config/<name>.yml, over config/default.yml")
    .option('--finding <file>', 'take the labels from a finding as it is on the findings bus; - is standard input')
    .option('--receivers <names>', 'exit 1 when it would reach others than these: names with commas between, or none')
    .addHelpText('after', help)
    .action(async (labels: readonly string[], options: RouteTestOptions) => {
      const { testRoute } = await import('./test.ts');
      end(await testRoute(labels, options, surroundings));
    });
}
