import { fileURLToPath } from 'node:url';
import { Option } from 'commander';
import type { Command } from 'commander';
import { levels } from '../../model/level.ts';
import type { Level } from '../../model/level.ts';

/** DetectOptions are the flags of every command that runs rules over logs. */
export interface DetectOptions {
  readonly rules?: readonly string[];
  /** Configuration files, laid over config/default.yml in their order. */
  readonly config?: readonly string[];
  readonly level?: Level;
  readonly from?: string;
  readonly to?: string;
  readonly failOn?: Level;
}

/** RunOptions are the flags of `trailwatch run`. */
export interface RunOptions extends DetectOptions {
  readonly format: 'text' | 'ndjson';
  readonly limit: string;
  readonly out?: string;
  /** False with `--no-page`, or with `--no-report`, the earlier name of the flag. */
  readonly page: boolean;
  readonly report: boolean;
  readonly metricsPort?: string;
  readonly metricsHold: boolean;
}

export const scanFormats = ['table', 'ndjson', 'sarif', 'html'] as const;

/** ScanOptions are the flags of `trailwatch scan`. */
export interface ScanOptions extends DetectOptions {
  readonly format: (typeof scanFormats)[number];
  readonly out?: string;
}

const project = new URL('../../../', import.meta.url);

/** projectPath is a path inside the checkout, wherever the command was started. */
export function projectPath(path: string): string {
  return fileURLToPath(new URL(path, project));
}

/** withDetectOptions adds the flags of DetectOptions to a command. */
export function withDetectOptions(command: Command): Command {
  return withRulesOption(withConfigOption(command))
    .addOption(new Option('--level <level>', 'leave out findings below this level').choices(levels))
    .option('--from <time>', 'leave out records before this day or time (UTC), or from 36h, 7d, 2w ago on')
    .option('--to <time>', 'leave out records after this time; a day counts to its end')
    .addOption(new Option('--fail-on <level>', 'exit 1 if a finding has this level or a higher one').choices(levels));
}

/** withRulesOption adds the flag for other rules than ours. */
export function withRulesOption(command: Command): Command {
  return command.option(
    '--rules <dir>',
    'Sigma rules to use instead of the rules of Trailwatch: a folder or a file, repeatable',
    collect,
  );
}

/** withConfigOption adds the flag for more configuration than the default one. */
export function withConfigOption(command: Command): Command {
  return command.option(
    '--config <file>',
    'configuration to lay over config/default.yml, for example config/prod.yml; repeatable',
    collect,
  );
}

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
