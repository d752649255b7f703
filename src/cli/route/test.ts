import type { AccountBook } from '../../model/account-book.ts';
import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { text as wholeOf } from 'node:stream/consumers';
import { isKnownAccount, knownAccounts, warningsOf } from '../../config/warnings.ts';
import { messageOf } from '../../text/system-error.ts';
import { labelsOf, type Labels } from '../../notify/index.ts';
import { labelNames, valueProblem, type LabelName } from '../../notify/settings.ts';
import { findingDetailType, findingSource } from '../../contract/detail.ts';
import { FindingEventError, openFindingEvent } from '../../contract/open.ts';
import { plainJson, shown } from '../../text/escape.ts';
import { exitCode, UsageError, type ExitCode } from '../shell/exit.ts';
import { projectPath } from '../shell/options.ts';
import { readConfiguration } from '../shell/read-configuration.ts';
import type { Surroundings } from '../shell/terminal.ts';
import { parseMoment } from '../shell/time-range.ts';
import type { Configuration } from '../../config/configuration.ts';
import { decisionJson } from './decision-json.ts';
import { renderDecision } from './decision-text.ts';
import { decideRoute, reachedBy } from './decide-route.ts';
import { withRules } from './rule-labels.ts';

/** RouteTestOptions are the flags of `trailwatch route test`. */
export interface RouteTestOptions {
  readonly config?: readonly string[];
  readonly stage?: string;
  readonly finding?: string;
  readonly receivers?: string;
  readonly at?: string;
  readonly format: 'text' | 'json';
}

/** testRoute prints which receivers a finding would reach, and why, and compares them with the expected ones. */
export async function testRoute(
  given: readonly string[],
  options: RouteTestOptions,
  surroundings: Surroundings,
): Promise<ExitCode> {
  const { out, err, now, cwd } = surroundings;
  if (given.length > 0 === (options.finding !== undefined)) {
    throw new UsageError('give either labels (level=high account=production …) or --finding FILE');
  }
  const wanted = options.receivers?.split(',').map((name) => name.trim());
  const configuration = await readConfiguration(
    [...(options.stage === undefined ? [] : [await stageFile(options.stage)]), ...(options.config ?? [])],
    cwd,
  );
  const unknown = wanted?.find((name) => name !== 'none' && !Object.hasOwn(configuration.receivers, name));
  if (unknown !== undefined) {
    const known = [...Object.keys(configuration.receivers), 'none'].join(', ');
    throw new UsageError(`--receivers ${shown(unknown)}: unknown receiver; known: ${known}`);
  }
  const { labels, slips } =
    options.finding === undefined
      ? await labelsGiven(given, configuration)
      : { labels: await readLabels(options.finding, configuration.accounts, surroundings), slips: [] };

  const at = options.at === undefined ? now() : parseMoment('--at', options.at, now());
  const decided = decideRoute(labels, at, configuration);
  await out.write(
    options.format === 'json' ? `${plainJson(decisionJson(decided), 2)}\n` : renderDecision(decided, out.colors),
  );
  for (const warning of [...slips, ...warningsOf(configuration, at)]) {
    await err.write(`trailwatch: ${shown(warning, 500)}\n`);
  }
  if (wanted === undefined) return exitCode.done;
  const reached = reachedBy(decided.decision);
  const [expected, actual] = [wanted.filter((name) => name !== 'none'), reached].map((names) =>
    names.toSorted().join(', '),
  );
  if (expected === actual) return exitCode.done;
  await err.write(`trailwatch: expected ${expected || 'none'}, reached ${actual || 'none'}\n`);
  return exitCode.checkFailed;
}

async function stageFile(stage: string): Promise<string> {
  if (!/^[\w-]+$/.test(stage)) throw new UsageError(`--stage ${shown(stage)}: not a stage name`);
  const path = projectPath(`config/${stage}.yml`);
  await stat(path).catch((cause: unknown) => {
    throw new UsageError(`--stage ${stage}: config/${stage}.yml does not exist`, undefined, cause);
  });
  return path;
}

/** The labels that were given, with those that follow from them, and the likely mistakes in them. */
async function labelsGiven(
  given: readonly string[],
  configuration: Configuration,
): Promise<{ readonly labels: Labels; readonly slips: readonly string[] }> {
  const parsed = parseLabels(given);
  const { accounts } = configuration;
  const { labels, unknown } = await withRules(parsed, configuration);
  return {
    labels: withAccountNames(labels, accounts),
    slips: [
      ...unknown.map((name) => `rule=${name}: no rule has that id or title`),
      ...(parsed.account ?? [])
        .filter((name) => !isKnownAccount(name, accounts))
        .map((name) => `account=${name}: unknown account: ${knownAccounts(accounts)}`),
    ],
  };
}

function parseLabels(given: readonly string[]): Labels {
  const labels: Partial<Record<LabelName, readonly string[]>> = {};
  for (const pair of given) {
    const [, name = '', value = ''] = /^([^=]*)=(.+)$/su.exec(pair) ?? [];
    if (!isLabel(name)) {
      const wrong = name === '' ? 'write a label as name=value' : `unknown label ${shown(name)}`;
      throw new UsageError(`${shown(pair)}: ${wrong}`, `Labels are ${labelNames.join(', ')}.`);
    }
    if (name === 'level' && (valueProblem(name, value) !== undefined || !/^[a-z]+$/.test(value))) {
      throw new UsageError(`${shown(pair)}: expected a level: informational, low, medium, high or critical`);
    }
    labels[name] = [...(labels[name] ?? []), value];
  }
  return labels;
}

/** A finding knows its account by id and by name; so does one that is described by either. */
function withAccountNames(labels: Labels, book: AccountBook): Labels {
  const { account } = labels;
  if (account === undefined) return labels;
  const both = account.flatMap((one) => [
    one,
    ...Object.entries(book).flatMap(([id, { name }]) => (id === one ? [name] : name === one ? [id] : [])),
  ]);
  return { ...labels, account: [...new Set(both)] };
}

function isLabel(name: string): name is LabelName {
  return (labelNames as readonly string[]).includes(name);
}

async function readLabels(path: string, accounts: AccountBook, { cwd, stdin }: Surroundings): Promise<Labels> {
  try {
    const text = path === '-' ? await wholeOf(stdin) : await readFile(resolve(cwd, path), 'utf8');
    return labelsOf(openFindingEvent(asEvent(text)), accounts);
  } catch (cause) {
    const hint =
      cause instanceof FindingEventError
        ? 'Expected the event that the findings bus carries (schemas/finding.schema.json), or its detail.'
        : undefined;
    throw new UsageError(`--finding ${shown(path)}: ${messageOf(cause)}`, hint, cause);
  }
}

/** Subscribers of the bus often keep the detail alone. */
function asEvent(text: string): string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return text;
  }
  if (typeof value !== 'object' || value === null || 'detail' in value || !('rule' in value)) return text;
  return JSON.stringify({ source: findingSource, 'detail-type': findingDetailType, detail: value });
}
