import { bench, do_not_optimize, run } from 'mitata';
import { createDetector } from '../../src/detect/detector.ts';
import { covers, createRuleSet } from '../../src/detect/rule-set.ts';
import type { LogRecord } from '../../src/model/log-record.ts';
import { evaluate } from '../support/naive-evaluator.ts';
import type { RulesInput } from './inputs.ts';

export interface MatcherFigures {
  readonly name: string;
  /** Rules loaded, and how many of them are about CloudTrail. */
  readonly rules: number;
  readonly covering: number;
  readonly candidatesPerEvent: number;
  /** Mean time, in ns, to find the rules that match one event; the record is parsed already, and new to the matcher. */
  readonly eventNs: number;
  /** The median of the same, which other work on the machine moves least. */
  readonly eventMedianNs: number;
  /** The same for the naive evaluator, which walks every rule of the log source for every event. */
  readonly naiveEventNs: number;
  readonly timesFaster: number;
}

/** benchMatcher measures the time per event for each rule set, against the naive evaluator in the same run. */
export async function benchMatcher(
  inputs: readonly RulesInput[],
  records: readonly LogRecord[],
): Promise<readonly MatcherFigures[]> {
  const fresh = freshRecords(records);
  const prepared = inputs.map(({ name, ruleSet: lowered }) => {
    const ruleSet = createRuleSet(lowered);
    const detector = createDetector(ruleSet);
    const covering = lowered.detections.filter(({ logsource }) =>
      records.some(({ source }) => covers(logsource, source)),
    );
    bench(`${name}: indexed`, function* () {
      yield { 0: fresh, bench: (record: LogRecord) => do_not_optimize(detector.detect(record)) };
    });
    bench(`${name}: naive`, function* () {
      const all = (record: LogRecord) =>
        lowered.detections.filter(
          ({ logsource, expr }) => covers(logsource, record.source) && evaluate(expr, record.fields),
        );
      yield { 0: fresh, bench: (record: LogRecord) => do_not_optimize(all(record)) };
    });
    const candidates = records.reduce((sum, record) => sum + ruleSet.candidates(record).length, 0);
    return {
      name,
      rules: lowered.detections.length,
      covering: covering.length,
      candidatesPerEvent: candidates / records.length,
    };
  });

  const { benchmarks } = await run({ format: 'quiet', throw: true });
  const statOf = (alias: string, stat: 'avg' | 'p50'): number =>
    benchmarks.find((each) => each.alias === alias)?.runs[0]?.stats?.[stat] ?? Number.NaN;
  return prepared.map((input) => {
    const eventNs = statOf(`${input.name}: indexed`, 'avg');
    const eventMedianNs = statOf(`${input.name}: indexed`, 'p50');
    const naiveEventNs = statOf(`${input.name}: naive`, 'avg');
    return { ...input, eventNs, eventMedianNs, naiveEventNs, timesFaster: naiveEventNs / eventNs };
  });
}

/** Parses each record anew, outside the time measured: the matcher remembers texts of objects that it has seen. */
function freshRecords(records: readonly LogRecord[]): () => LogRecord {
  const texts = records.map(({ fields }) => JSON.stringify(fields));
  let next = 0;
  return () => {
    const index = next++ % records.length;
    const record = records[index];
    if (record === undefined) throw new Error('no records to measure with');
    return { ...record, fields: JSON.parse(texts[index] ?? '{}') as LogRecord['fields'] };
  };
}
