import { Option } from 'commander';
import type { Command } from 'commander';
import { scanFormats, withDetectOptions } from '../shell/options.ts';
import type { ScanOptions } from '../shell/options.ts';
import type { Surroundings } from '../shell/terminal.ts';

const help = `
Formats:
  table   one line for each finding, in order of time
  ndjson  one JSON object for each finding, in the order found: rule, event, input path, record number (from 0), evidence
  sarif   SARIF 2.1.0, for code scanning and ticket systems
  html    the findings page of \`trailwatch run\`

Examples:
  trailwatch scan AWSLogs/ --level medium
  trailwatch scan AWSLogs/ --format sarif --out findings.sarif
  trailwatch scan yesterday/ --rules rules/identity --fail-on high || page-someone
`;

/** scanCommand adds `trailwatch scan`: findings only. */
export function scanCommand(program: Command, surroundings: Surroundings, end: (code: number) => void): void {
  const command = program
    .command('scan')
    .summary('findings only, as a table, JSON lines, SARIF or HTML')
    .description('Read logs and print the findings of the rules: each fact once, each finding by itself.')
    .argument('<path...>', 'files, folders, s3://bucket/prefix or -');
  withDetectOptions(command)
    .addOption(new Option('--format <format>', 'how findings are printed').choices(scanFormats).default('table'))
    .option('--out <file>', 'write to this file instead of standard output')
    .addHelpText('after', help)
    .action(async (paths: readonly string[], options: ScanOptions) => {
      const { scanFiles } = await import('./scan-files.ts');
      end(await scanFiles(paths, options, surroundings));
    });
}
