import { Option } from 'commander';
import type { Command } from 'commander';
import { levels } from '../../model/level.ts';
import type { ExitCode } from '../shell/exit.ts';
import { withConfigOption } from '../shell/options.ts';
import type { Surroundings } from '../shell/terminal.ts';
import type { CheckOptions } from './check.ts';
import type { EvalOptions } from './eval.ts';
import type { CoverageOptions } from './coverage/command.ts';
import type { ExplainOptions } from './explain.ts';
import type { LintOptions } from './lint.ts';
import type { ListOptions } from './list.ts';
import type { TestOptions } from './test.ts';

const help = `
Examples:
  trailwatch rule check rules/
  trailwatch rule test rules/identity --require-tests
  trailwatch rule explain rules/identity/call-denied.yml AWSLogs/…/x.json.gz#17
  trailwatch rule lint rules/ --strict
  trailwatch rule list --control CIS-4.3
  trailwatch rule coverage --format navigator > layer.json
  trailwatch rule eval my-rule.yml --events records.jsonl
`;

/** ruleCommand adds `trailwatch rule` and its commands: what the writer of a rule needs. */
export function ruleCommand(program: Command, surroundings: Surroundings, end: (code: ExitCode) => void): void {
  const rule = program
    .command('rule')
    .summary('check, test, explain, lint, list, map and try Sigma rules')
    .description('What the writer of a Sigma rule needs.')
    .helpCommand(false)
    .addHelpText('after', help);

  withConfigOption(rule.command('check'))
    .summary('all errors and warnings of rule files')
    .description('Say what is wrong with rule files, by line, and which documents load. Exits 1 when any is refused.')
    .argument('<path...>', 'rule files, or folders of them')
    .addOption(new Option('--format <format>').choices(['text', 'json']).default('text'))
    .option('-q, --quiet', 'list problems only, not what loaded')
    .action(async (paths: readonly string[], options: CheckOptions) => {
      const { checkRules } = await import('./check.ts');
      end(await checkRules(paths, options, surroundings));
    });

  withConfigOption(rule.command('test'))
    .summary('run the tests beside rules')
    .description(
      'Run <name>.test.yml beside each <name>.yml, and show why an event matched or not. Exits 1 on failures.',
    )
    .argument('<path...>', 'rule files, their tests, or folders of them')
    .option('--require-tests', 'fail where a rule file has no test')
    .action(async (paths: readonly string[], options: TestOptions) => {
      const { testRules } = await import('./test.ts');
      end(await testRules(paths, options, surroundings));
    });

  withConfigOption(rule.command('explain'))
    .summary('why a rule matches an event, or not')
    .description('Show the condition as a tree: at each leaf whether it holds, what was wanted and what was seen.')
    .argument('<rule>', 'rule file')
    .argument('<event>', 'JSON file, path#index of a log (records count from 0), or -')
    .option('--rule <name>', 'the rule meant, by id, name or title, where the file has several')
    .addOption(new Option('--format <format>').choices(['text', 'json']).default('text'))
    .action(async (path: string, event: string, options: ExplainOptions) => {
      const { explainRule } = await import('./explain.ts');
      end(await explainRule(path, event, options, surroundings));
    });

  withConfigOption(rule.command('lint'))
    .summary('dead rules and traps')
    .description(
      'Find what does nothing or can not happen: searches never used, fields the log source never has, calls that no ' +
        'AWS service has, conditions that are never true, regexes that can run away, and missing metadata.',
    )
    .argument('<path...>', 'rule files, or folders of them')
    .addOption(new Option('--format <format>').choices(['text', 'json']).default('text'))
    .option('--strict', 'exit 1 when anything is found')
    .action(async (paths: readonly string[], options: LintOptions) => {
      const { lintRuleFiles } = await import('./lint.ts');
      end(await lintRuleFiles(paths, options, surroundings));
    });

  withConfigOption(rule.command('list'))
    .summary('rules by area, level, control and technique')
    .description('List rules. Without paths, those that come with Trailwatch.')
    .argument('[path...]', 'rule files, or folders of them')
    .addOption(new Option('--level <level>', 'of this level only').choices(levels))
    .option('--control <name>', 'that help to show a control, or a framework, e.g. CIS-4.3, PCI')
    .option('--technique <id>', 'of an ATT&CK technique and what is below it, e.g. T1078')
    .option('--status <status>', 'of this status only: stable, test or experimental')
    .addOption(new Option('--format <format>').choices(['table', 'json', 'markdown']).default('table'))
    .action(async (paths: readonly string[], options: ListOptions) => {
      const { listRules } = await import('./list.ts');
      end(await listRules(paths, options, surroundings));
    });

  withConfigOption(rule.command('coverage'))
    .summary('ATT&CK matrix of the rules')
    .description(
      'Show for each tactic and technique of ATT&CK how many rules there are, and their highest level. Counts the rules ' +
        'that are on and raise findings of their own. Without paths, those that come with Trailwatch.',
    )
    .argument('[path...]', 'rule files, or folders of them')
    .addOption(
      new Option('--format <format>', 'navigator is a layer of ATT&CK Navigator; html a page that needs nothing else')
        .choices(['text', 'json', 'navigator', 'html'])
        .default('text'),
    )
    .action(async (paths: readonly string[], options: CoverageOptions) => {
      const { showCoverage } = await import('./coverage/command.ts');
      end(await showCoverage(paths, options, surroundings));
    });

  rule
    .command('eval')
    .summary('ask a rule about plain records')
    .description(
      'Ask every rule of a file about records, whatever log source they are of. Prints JSON lines: rule, record and ' +
        'matched for each detection rule and record; rule, group, time and records each time a correlation fires.',
    )
    .argument('<rule>', 'rule file')
    .requiredOption('--events <file>', 'JSON lines or a JSON array of records; - is standard input')
    .option('--time-field <name>', 'the field that holds a record’s time, for correlations', 'eventTime')
    .option('--placeholders <file>', 'YAML or JSON: what %name% stands for, as lists of values')
    .action(async (path: string, options: EvalOptions) => {
      const { evalRule } = await import('./eval.ts');
      end(await evalRule(path, options, surroundings));
    });
}
