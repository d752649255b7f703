import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parse } from 'yaml';
import { createBatchCorrelator } from '../../detect/correlation/batch-correlator.ts';
import { valueOf } from '../../detect/field-value.ts';
import { recordsOf } from '../../detect/correlation/firing.ts';
import { createDerive } from '../../detect/derived/derive.ts';
import { compileRule, createRuleSet } from '../../detect/rule-set.ts';
import { epochTime, isoTime } from '../../time/iso-time.ts';
import type { Fields, LogRecord, RecordSource } from '../../model/log-record.ts';
import { evidenceOf, type Placeholders, type RuleMeta } from '../../sigma/index.ts';
import { describe } from '../../describe/describe.ts';
import { plain, plainJson } from '../../text/escape.ts';
import { exitCode, UsageError, type ExitCode } from '../shell/exit.ts';
import type { Surroundings } from '../shell/terminal.ts';
import { plural } from '../../text/amounts.ts';
import { readPlainRecords } from './plain-records.ts';
import { countsOf, problemText } from './problem-text.ts';
import { loadRuleFiles } from './rule-files.ts';
import { unreadable } from './unreadable.ts';

export interface EvalOptions {
  readonly events: string;
  readonly timeField: string;
  readonly placeholders?: string;
}

/**
 * evalRule is `trailwatch rule eval`: asks every rule of a file about plain records, whatever log source they are of, and
 * prints a JSON line for each rule and record, then one for each time a correlation fires. Of a file with refused
 * documents the others are asked all the same.
 */
export async function evalRule(rulePath: string, options: EvalOptions, surroundings: Surroundings): Promise<ExitCode> {
  const { out, err, cwd } = surroundings;
  const placeholders = options.placeholders === undefined ? {} : await readPlaceholders(options.placeholders, cwd);
  const { ruleSet, problems } = await loadRuleFiles([rulePath], cwd, placeholders);
  await err.write(problems.map((problem) => problemText(problem, err.colors)).join(''));
  const refused = countsOf(problems).errors > 0;
  if (refused && ruleSet.detections.length === 0) return exitCode.checkFailed;

  const derive = createDerive();
  const correlator = createBatchCorrelator(createRuleSet(ruleSet, derive));
  const rules = ruleSet.detections.map((rule) => ({
    rule,
    name: nameOf(rule.meta),
    matches: compileRule(rule, derive),
  }));
  const unread: string[] = [];
  for await (const { index, fields, reason } of readPlainRecords(options.events, surroundings)) {
    if (fields === undefined) {
      unread.push(`record ${index}: ${reason ?? 'unreadable'}`);
      continue;
    }
    const record = recordOf(derive(fields), index, options);
    let text = '';
    for (const { rule, name, matches } of rules) {
      const matched = matches(fields);
      text += `${JSON.stringify({ rule: name, record: index, matched })}\n`;
      const match = {
        rule,
        record: record.record,
        event: () => describe(record.record),
        evidence: () => evidenceOf(rule.expr, record.record.fields),
      };
      if (!matched || !correlator.wants(match)) continue;
      if (record.timed) await correlator.add([match]);
      else unread.push(`record ${index}: no time in ${JSON.stringify(options.timeField)}, so no correlation counts it`);
    }
    await out.write(text);
  }
  await out.write(firingLines(correlator.firings()));
  for (const { correlation, held } of correlator.overflow()) {
    unread.push(
      `${correlation}: more matches than can be held; judged by the first ${plural(held, 'match', 'matches')}`,
    );
  }
  await err.write(unread.map((line) => `${plain(line)}\n`).join(''));
  if (refused) return exitCode.checkFailed;
  return unread.length > 0 ? exitCode.someUnread : exitCode.done;
}

function nameOf({ id, name, title }: RuleMeta): string {
  return id ?? name ?? title;
}

type Firings = ReturnType<ReturnType<typeof createBatchCorrelator>['firings']>;

function firingLines(firings: Firings): string {
  return firings
    .map(({ correlation, group, time, matches }) => ({
      rule: nameOf(correlation.meta),
      group,
      time: new Date(time).toISOString(),
      records: [...new Set(recordsOf(matches).map(({ origin }) => origin.index))].toSorted((a, b) => a - b),
      fired: true,
    }))
    .map((line) => `${plainJson(line)}\n`)
    .join('');
}

const anySource: RecordSource = { product: 'any', services: [] };

function recordOf(
  fields: Fields,
  index: number,
  { timeField, events }: EvalOptions,
): { readonly record: LogRecord; readonly timed: boolean } {
  const value = valueOf(fields, timeField);
  const time = typeof value === 'string' ? isoTime(value) : typeof value === 'number' ? epochTime(value) : undefined;
  const record: LogRecord = {
    id: String(index),
    time: time ?? new Date(0).toISOString(),
    source: anySource,
    fields,
    origin: { path: events, index },
  };
  return { record, timed: time !== undefined };
}

/** A file of placeholders maps names to a value or a list of values, in YAML or JSON. */
async function readPlaceholders(path: string, cwd: string): Promise<Placeholders> {
  let read: unknown;
  try {
    read = parse(await readFile(resolve(cwd, path), 'utf8'));
  } catch (error) {
    throw new UsageError(`${path}: ${unreadable(error)}`, undefined, error);
  }
  if (typeof read !== 'object' || read === null || Array.isArray(read)) {
    throw new UsageError(`${path}: placeholders are a map of names to lists of values`);
  }
  return Object.fromEntries(
    Object.entries(read).map(([name, value]: [string, unknown]) => {
      const values: readonly unknown[] = Array.isArray(value) ? value : [value];
      if (!values.every((one) => typeof one === 'string' || typeof one === 'number' || typeof one === 'boolean')) {
        throw new UsageError(`${path}: ${name}: a placeholder stands for texts`);
      }
      return [name.replaceAll('%', ''), values.map(String)];
    }),
  );
}
