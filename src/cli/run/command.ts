import { Option } from 'commander';
import type { Command } from 'commander';
import { UsageError } from '../shell/exit.ts';
import type { ExitCode } from '../shell/exit.ts';
import type { RunMeter } from './metrics-server.ts';
import { projectPath, withDetectOptions } from '../shell/options.ts';
import type { RunOptions } from '../shell/options.ts';
import type { Surroundings } from '../shell/terminal.ts';

const help = `
Examples:
  trailwatch run
  trailwatch run AWSLogs/111122223333/CloudTrail/eu-central-1/2026/07 /var/log/auth.log
  trailwatch run AWSLogs/ --config config/prod.yml
  trailwatch run AWSLogs/ --rules my-rules/ --from 2026-07-10 --to 2026-07-12 --out july.html
  zcat events.json.gz | trailwatch run - --format ndjson --no-page
  trailwatch run AWSLogs/ --metrics-port 9464 --metrics-hold
`;

/** runCommand adds `trailwatch run`: the whole pipeline on files. */
export function runCommand(program: Command, surroundings: Surroundings, end: (code: number) => void): void {
  const command = program
    .command('run')
    .summary('the whole pipeline on files: alerts, summary, findings page')
    .description(
      'Read logs, detect, correlate, and print what a stage with this configuration would have notified, whom and when, ' +
        'by the time of the records; then a summary, with what was held back and why. Writes the findings as an HTML page. ' +
        'Nothing is sent.',
    )
    .argument('[path...]', 'files, folders, s3://bucket/prefix or - (default: the sample archive in events/)');
  withDetectOptions(command)
    .addOption(
      new Option('--format <format>', 'how alerts are printed: text, or a JSON object a line')
        .choices(['text', 'ndjson'])
        .default('text'),
    )
    .option('--limit <n>', 'print at most <n> alerts and <n> later notifications, the most severe; 0 prints all', '200')
    .option('--out <file>', 'where the findings page goes (default: .trailwatch/findings-<time>.html)')
    .option('--no-page', 'write no findings page')
    .addOption(new Option('--no-report', 'the same as --no-page').hideHelp())
    .option(
      '--metrics-port <port>',
      'serve metrics to Prometheus at http://127.0.0.1:<port>/metrics during the run; 0 picks a free port',
    )
    .option('--metrics-hold', 'keep serving metrics after the run, until Ctrl-C', false)
    .addHelpText('after', help)
    .action(async (paths: readonly string[], options: RunOptions) => {
      // Loaded only for a run: --help and wrong usage are answered at once.
      const { runFiles } = await import('./run-files.ts');
      const run = (meter?: RunMeter): Promise<ExitCode> =>
        paths.length > 0
          ? runFiles(paths, options, surroundings, meter)
          : runFiles(samplePaths(surroundings.cwd), withSampleNames(options), surroundings, meter);
      if (options.metricsPort === undefined) {
        if (options.metricsHold) throw new UsageError('--metrics-hold requires --metrics-port');
        end(await run());
        return;
      }
      const { measured } = await import('./metrics-server.ts');
      end(await measured(options.metricsPort, options.metricsHold, surroundings, run));
    });
}

function withSampleNames(options: RunOptions): RunOptions {
  return { ...options, config: [projectPath('events/config.yml'), ...(options.config ?? [])] };
}

// Not events/lambda: its payloads for the functions' tests hold the same records again.
function samplePaths(cwd: string): readonly string[] {
  const shorten = (path: string): string => (path.startsWith(`${cwd}/`) ? path.slice(cwd.length + 1) : path);
  return ['events/archive', 'events/hosts', 'events/ec2'].map((path) => shorten(projectPath(path)));
}
