import { Option, type Command } from 'commander';
import type { ExitCode } from '../shell/exit.ts';
import { withConfigOption } from '../shell/options.ts';
import type { Surroundings } from '../shell/terminal.ts';
import type { RouteTestOptions } from './test.ts';

const help = `
Labels: level, rule, tag, account, region, source, service, action, actor, actorKind, address, target. A label may be given several times.
With rule=, the rule's own level, tags and log source are used where you don't give them.

Examples:
  trailwatch route test --stage prod level=high account=production tag=attack.persistence
  trailwatch route test --stage prod rule='SSH brute force' address=192.0.2.7
  trailwatch route test --stage prod --finding finding.json
  trailwatch route test --config config/prod.yml level=low --receivers none
  trailwatch route test level=critical --receivers sns,slack
  trailwatch route test --stage prod level=high --at 2026-12-24T23:00+01:00 --format json

Exit codes: 0 done, 1 the finding would reach other receivers than --receivers names, 2 wrong usage or a refused configuration
`;

/** routeCommand adds `trailwatch route` and its command: which receivers a finding would reach. */
export function routeCommand(program: Command, surroundings: Surroundings, end: (code: ExitCode) => void): void {
  const route = program
    .command('route')
    .summary('which receivers a finding would reach, and why')
    .description('Ask what config/*.yml says of delivery.')
    .helpCommand(false);

  withConfigOption(route.command('test'))
    .summary('which receivers a finding would reach, and why')
    .description(
      'Show the result of every step of delivery for a finding: suppressions, inhibitions, trials and routes, and how each ' +
        'receiver that the finding would reach is notified.',
    )
    .argument('[label=value...]', 'facts of the finding')
    .option('--stage <name>', "lay the stage's file, config/<name>.yml, over config/default.yml")
    .option('--finding <file>', 'read the labels from a finding as the findings bus carries it; - is standard input')
    .option(
      '--receivers <names>',
      'exit 1 unless the finding would reach exactly these: names separated by commas, or none',
    )
    .option('--at <time>', 'the time of the decision (default: now): 2026-12-24T23:00+01:00, or UTC without a zone')
    .addOption(new Option('--format <format>', 'how the answer is printed').choices(['text', 'json']).default('text'))
    .addHelpText('after', help)
    .action(async (labels: readonly string[], options: RouteTestOptions) => {
      const { testRoute } = await import('./test.ts');
      end(await testRoute(labels, options, surroundings));
    });
}
