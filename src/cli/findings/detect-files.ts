import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Configuration } from '../../config/configuration.ts';
import { detectRecords } from '../../detect/detect.ts';
import type { Tally } from '../../detect/detect.ts';
import { createBatchCorrelator } from '../../detect/correlation/batch-correlator.ts';
import { ownAccounts } from '../../detect/derived/derive.ts';
import { createReadAccounts } from './read-accounts.ts';
import { createDetector } from '../../detect/detector.ts';
import { createInstanceStory } from '../../detect/instance-story/instance-story.ts';
import { loadRules, type LoadOptions, type LoadedRules } from '../../detect/load-rules.ts';
import { createMemoryInstanceLog } from '../../detect/instance-story/memory-instance-log.ts';
import { createRuleSet } from '../../detect/rule-set.ts';
import type { RuleSet } from '../../detect/rule-set.ts';
import { createOpener } from '../../ingest/open.ts';
import type { Finding } from '../../model/finding.ts';
import { isAtLeast, levels } from '../../model/level.ts';
import { shown } from '../../text/escape.ts';
import { exitCode, UsageError } from '../shell/exit.ts';
import type { ExitCode } from '../shell/exit.ts';
import { createFailureList } from '../shell/failure-list.ts';
import type { FailureList } from '../shell/failure-list.ts';
import { readConfiguration, refusePackErrors } from '../shell/read-configuration.ts';
import { projectPath } from '../shell/options.ts';
import type { DetectOptions } from '../shell/options.ts';
import { showProgress } from '../shell/progress.ts';
import { openInput } from '../shell/read-input.ts';
import type { Input } from '../shell/read-input.ts';
import type { Surroundings } from '../shell/terminal.ts';
import { feedingSources } from '../rule/unfed/log-source.ts';
import { unfedLines, unfedProblems } from '../rule/unfed/unfed.ts';
import { createUnreadCounter } from './unread-lines.ts';
import type { UnreadLines } from './unread-lines.ts';
import { count, plural } from '../../text/amounts.ts';
import { parseTimeRange } from '../shell/time-range.ts';
import type { TimeRange } from '../shell/time-range.ts';

/** Prepared is a detection run that can begin: rules loaded, files found, no record read yet. */
export interface Prepared {
  readonly ruleSet: RuleSet;
  readonly input: Input;
  readonly range: TimeRange;
  readonly configuration: Configuration;
  /** Rule documents that were refused. */
  readonly refused: number;
}

/** DetectOutcome is what became of the input; the findings went to the caller one by one. */
export interface DetectOutcome extends Prepared {
  readonly tally: Tally;
  readonly failures: FailureList;
  /** Lines of known programs that were not understood. */
  readonly unread: readonly UnreadLines[];
  readonly elapsedMs: number;
  /** Whether it was stopped before the end. */
  readonly partial: boolean;
  /** Whether a finding reached the level of `--fail-on`. */
  readonly checkFailed: boolean;
}

/** DetectObserver sees each record as it is read. */
export interface DetectObserver {
  readonly record?: (matched: boolean) => void;
  readonly failure?: () => void;
  readonly overflow?: () => void;
}

const listedProblems = 10;

/** prepareDetection loads the rules and finds the files, and names on stderr what will be left out. */
export async function prepareDetection(
  paths: readonly string[],
  options: DetectOptions,
  surroundings: Surroundings,
): Promise<Prepared> {
  const { cwd, err, now, stdin, stop } = surroundings;
  const range = parseTimeRange(options.from, options.to, now());
  const configuration = await readConfiguration(options.config, cwd);
  const opener = createOpener(configuration.logs);
  const [rules, input] = await Promise.all([
    readRules(options, configuration, cwd),
    openInput(paths, { stdin, opener, now: now(), range, stop }),
  ]);
  for (const path of input.missing) await err.write(`trailwatch: ${shown(path)}: no such file or folder\n`);
  if (input.missing.length === paths.length) {
    throw new UsageError(
      `nothing to read: ${paths.length === 1 ? 'the path does' : 'none of the paths does'} not exist`,
    );
  }
  const errors = rules.problems.filter(({ severity }) => severity === 'error');
  for (const { path, line, message } of errors.slice(0, listedProblems)) {
    await err.write(`trailwatch: ${path}:${line}: ${message}\n`);
  }
  if (errors.length > listedProblems) {
    await err.write(`trailwatch: … and ${errors.length - listedProblems} more; \`trailwatch rule check\` lists all\n`);
  }
  if (options.rules !== undefined) {
    const sources = feedingSources(configuration.logs);
    for (const line of unfedLines(unfedProblems(rules.documents, rules.ruleSet, sources), listedProblems)) {
      await err.write(`trailwatch: ${line}\n`);
    }
  }
  const accounts = createReadAccounts(ownAccounts(configuration));
  return {
    ruleSet: createRuleSet(rules.ruleSet, accounts.derive),
    input: { ...input, records: accounts.known(input.records) },
    range,
    configuration,
    refused: errors.length,
  };
}

async function readRules(
  { rules: given, config }: DetectOptions,
  { placeholders, rules: pack }: Configuration,
  cwd: string,
): ReturnType<typeof loadRules> {
  const paths = given?.map((path) => resolve(cwd, path)) ?? [projectPath('rules')];
  for (const path of paths) {
    await stat(path).catch((cause: unknown) => {
      throw new UsageError(`--rules ${path}: no such file or folder`, undefined, cause);
    });
  }
  const rules = await loadRules(paths, { placeholders, pack });
  await refusePackErrors(await packProblemsOf(rules, given, { placeholders, pack }), config, cwd);
  if (rules.ruleSet.detections.length === 0) {
    const [first] = rules.problems;
    if (rules.off > 0) throw new UsageError(`the configuration turns every rule off (${plural(rules.off, 'rule')})`);
    throw new UsageError(
      `no usable rule in ${paths.join(', ')} (${plural(rules.files, 'file')} read)`,
      first === undefined ? 'Rules are Sigma rules in .yml files.' : `${first.path}:${first.line}: ${first.message}`,
    );
  }
  return rules;
}

/** The pack may be about the rules that come with Trailwatch, also where a command reads others. */
async function packProblemsOf(
  { packProblems }: LoadedRules,
  given: readonly string[] | undefined,
  options: LoadOptions,
): Promise<LoadedRules['packProblems']> {
  if (given === undefined || packProblems.length === 0) return packProblems;
  const ours = await loadRules([projectPath('rules')], options);
  const known = new Set(ours.packProblems.map(({ keys }) => keys.join('.')));
  return packProblems.filter(({ keys }) => known.has(keys.join('.')));
}

/** detectFiles reads the files found, record by record, and hands on every finding of the asked-for level. */
export async function detectFiles(
  prepared: Prepared,
  options: DetectOptions,
  surroundings: Surroundings,
  onFinding: (finding: Finding) => void | Promise<void>,
  watch: DetectObserver = {},
): Promise<DetectOutcome> {
  const { input, ruleSet } = prepared;
  const { err, now, stop } = surroundings;
  const engine = {
    detector: createDetector(ruleSet),
    correlator: createBatchCorrelator(ruleSet),
    instances: createInstanceStory({ log: createMemoryInstanceLog(), waits: true }),
  };
  const failures = createFailureList();
  const unread = createUnreadCounter();
  const floor = options.level ?? levels[0];
  let checkFailed = false;
  const startedAt = now().getTime();
  const endProgress = showProgress(err, input.progress, startedAt, now);
  try {
    const tally = await detectRecords(input.records, engine, {
      record: (record, matches) => {
        unread.add(record);
        watch.record?.(matches.length > 0);
      },
      failure: (failure) => {
        watch.failure?.();
        return failures.add(failure);
      },
      overflow: ({ correlation, held }) => {
        watch.overflow?.();
        return err.write(
          `trailwatch: ${titleOf(ruleSet, correlation)}: too many matches to hold at once; only the earliest ${count(held)} were correlated\n`,
        );
      },
      finding: (finding) => {
        const { level } = finding.rule;
        if (options.failOn !== undefined && isAtLeast(level, options.failOn)) checkFailed = true;
        return isAtLeast(level, floor) ? onFinding(finding) : undefined;
      },
    });
    const elapsedMs = now().getTime() - startedAt;
    endProgress();
    const idle = withoutLogs(input, tally);
    if (idle !== undefined && !stop.aborted) await err.write(`trailwatch: the given paths hold no log: ${idle}\n`);
    return { ...prepared, tally, failures, unread: unread.read(), elapsedMs, partial: stop.aborted, checkFailed };
  } finally {
    endProgress();
  }
}

function titleOf({ correlations }: RuleSet, key: string): string {
  return correlations.find((one) => one.key === key)?.meta.title ?? key;
}

/** Says why nothing was there to read, when nothing was: a mistaken path should not look like a quiet night. */
function withoutLogs(input: Input, { records }: Tally): string | undefined {
  const { read, skipped, skippedFiles } = input.summary();
  if (records > 0 || read > 0) return undefined;
  const [first] = skippedFiles;
  if (first === undefined) return 'no files found';
  const rest = skipped > 1 ? `, and ${plural(skipped - 1, 'other file')} skipped` : '';
  return `${shown(first.path, 200)}: ${first.reason}${rest}`;
}

/** exitCodeOf says how a run ended; a failed check outranks what could not be read, and wrong usage outranks both. */
export function exitCodeOf({ input, tally, checkFailed, failures, refused }: DetectOutcome): ExitCode {
  if (input.missing.length > 0) return exitCode.usage;
  if (checkFailed) return exitCode.checkFailed;
  const unread = failures.total() > 0 || refused > 0 || withoutLogs(input, tally) !== undefined;
  return unread ? exitCode.someUnread : exitCode.done;
}
