import { describe } from '../../describe/describe.ts';
import type { Fields, LogRecord, RecordSource } from '../../model/log-record.ts';
import {
  evidenceOf,
  explainMatch,
  type Explanation,
  type LoweredCorrelation,
  type LoweredRule,
  type LoweredRuleSet,
} from '../../sigma/match.ts';
import { createBatchCorrelator } from '../correlation/batch-correlator.ts';
import type { RuleMatch } from '../detector.ts';
import { createDerive } from '../derived/derive.ts';
import { compileRule, covers, createRuleSet } from '../rule-set.ts';
import { timeOf } from './event-time.ts';
import type { RuleTest, RuleTestCase } from './parse-rule-test.ts';

/** RuleTestResult is how one case of a rule's test came out. */
export interface RuleTestResult {
  readonly case: RuleTestCase;
  readonly passed: boolean;
  /** Why it failed, for a person. */
  readonly reason?: string;
  /** For each event that was not as expected, why the rule matched it or didn't. */
  readonly explanations: readonly { readonly event: number; readonly explanation: Explanation }[];
}

type Rule = LoweredRule | LoweredCorrelation;

/**
 * runRuleTest asks the rules of one file about the cases of its test. The rule set may hold other files' rules too:
 * correlations may need them, and filters apply.
 */
export async function runRuleTest(
  test: RuleTest,
  rulePath: string,
  lowered: LoweredRuleSet,
): Promise<readonly RuleTestResult[]> {
  const results: RuleTestResult[] = [];
  for (const one of test.cases) results.push(await runCase(one, test.source, rulePath, lowered));
  return results;
}

async function runCase(
  one: RuleTestCase,
  source: RecordSource | undefined,
  path: string,
  lowered: LoweredRuleSet,
): Promise<RuleTestResult> {
  const rule = ruleMeant(one, path, lowered);
  if (typeof rule === 'string') return failed(one, rule);
  switch (rule.kind) {
    case 'detection':
      return one.fires === undefined
        ? detectionResult(one, source, rule)
        : failed(one, `\`fires\` is for correlations, and ${nameOf(rule)} is a detection rule`);
    case 'correlation':
      return one.stream
        ? correlationResult(one, source, rule, lowered)
        : failed(
            one,
            `${nameOf(rule)} is a correlation: give \`events\`, or name the rule that one event is to match in \`rule\``,
          );
    default:
      throw new Error(rule satisfies never);
  }
}

/** ruleMeant finds the rule of a case: the one it names, else of a stream the correlation on top, of an event the only detection. */
function ruleMeant(one: RuleTestCase, path: string, { detections, correlations }: LoweredRuleSet): Rule | string {
  const ownDetections = detections.filter((rule) => rule.path === path);
  const ownCorrelations = correlations.filter((rule) => rule.path === path);
  if (one.rule !== undefined) {
    const named = [...ownDetections, ...ownCorrelations].filter(({ key, meta }) =>
      [key, meta.id, meta.name, meta.title].includes(one.rule),
    );
    const [first] = named;
    return first !== undefined && named.length === 1
      ? first
      : `${path} has no single rule called ${JSON.stringify(one.rule)}`;
  }
  const tops = ownCorrelations.filter(({ key }) => !ownCorrelations.some(({ rules }) => rules.includes(key)));
  const candidates: readonly Rule[] =
    one.stream && tops.length > 0 ? tops : ownDetections.length > 0 ? ownDetections : tops;
  const [first] = candidates;
  if (first === undefined) return `${path} has no rule that could be loaded`;
  if (candidates.length === 1) return first;
  return `${path} has several rules: name one in \`rule\`: ${candidates.map(({ meta }) => meta.name ?? meta.title).join(', ')}`;
}

function detectionResult(one: RuleTestCase, source: RecordSource | undefined, rule: LoweredRule): RuleTestResult {
  if (source !== undefined && !covers(rule.logsource, source)) {
    if (one.expect === 'miss') return { case: one, passed: true, explanations: [] };
    return failed(
      one,
      `the test's source is not the rule's: ${JSON.stringify(source)}, not ${JSON.stringify(rule.logsource)}`,
    );
  }
  const derive = createDerive();
  const matches = compileRule(rule, derive);
  const wanted = one.expect === 'match';
  const wrong = one.events.flatMap((fields, event) => (matches(fields) === wanted ? [] : [{ event, fields }]));
  if (wrong.length === 0) return { case: one, passed: true, explanations: [] };
  const what = one.events.length === 1 ? 'the event' : `${wrong.length} of ${one.events.length} events`;
  const explanations = wrong.map(({ event, fields }) => ({
    event,
    explanation: explainMatch(rule.expr, derive(fields)),
  }));
  return { case: one, passed: false, reason: `${nameOf(rule)} ${wanted ? 'missed' : 'matched'} ${what}`, explanations };
}

async function correlationResult(
  one: RuleTestCase,
  source: RecordSource | undefined,
  rule: LoweredCorrelation,
  lowered: LoweredRuleSet,
): Promise<RuleTestResult> {
  const rules = neededBy(rule, lowered);
  const derive = createDerive();
  const correlator = createBatchCorrelator(createRuleSet(rules, derive));
  const detections = rules.detections
    .filter(({ logsource }) => source === undefined || covers(logsource, source))
    .map((detection) => ({ detection, matches: compileRule(detection, derive) }));
  const counts = new Map(detections.map(({ detection }) => [detection, 0]));
  for (const [event, fields] of one.events.entries()) {
    const time = timeOf(fields);
    if (time === undefined)
      return failed(one, `event ${event} has no time in eventTime, time or timestamp: a correlation needs one`);
    const record = recordOf(derive(fields), event, time, source);
    for (const { detection, matches } of detections) {
      if (!matches(fields)) continue;
      counts.set(detection, (counts.get(detection) ?? 0) + 1);
      await correlator.add([matchOf(detection, record)]);
    }
  }
  const fired = correlator.firings().filter(({ correlation }) => correlation.key === rule.key).length;
  const wanted = one.expect === 'miss' ? fired === 0 : one.fires === undefined ? fired > 0 : fired === one.fires;
  if (wanted) return { case: one, passed: true, explanations: [] };
  const expected = one.expect === 'miss' ? 'never' : one.fires === undefined ? 'at least once' : `${one.fires} times`;
  const seen = [...counts].map(([{ meta }, count]) => `${meta.name ?? meta.title}: ${count} of ${one.events.length}`);
  return failed(
    one,
    `${nameOf(rule)} fired ${fired} times, expected ${expected}; events matched by ${seen.join(', ')}`,
  );
}

/** neededBy is the part of a rule set that a correlation depends on. */
function neededBy(rule: LoweredCorrelation, { detections, correlations }: LoweredRuleSet): LoweredRuleSet {
  const needed = new Set([rule.key]);
  // Correlations come after those they refer to, so going backwards meets each before what it needs.
  for (const one of correlations.toReversed()) if (needed.has(one.key)) for (const key of one.rules) needed.add(key);
  return {
    detections: detections.filter(({ key }) => needed.has(key)),
    correlations: correlations.filter(({ key }) => needed.has(key)),
  };
}

function recordOf(fields: Fields, index: number, time: string, source?: RecordSource): LogRecord {
  return {
    // An event given twice under one id counts once, as it does in production.
    id: typeof fields['eventID'] === 'string' ? fields['eventID'] : `event-${index}`,
    time,
    source: source ?? { product: 'any', services: [] },
    fields,
    origin: { path: 'rule test', index },
  };
}

function matchOf(rule: LoweredRule, record: LogRecord): RuleMatch {
  return { rule, record, event: () => describe(record), evidence: () => evidenceOf(rule.expr, record.fields) };
}

function nameOf({ meta }: Rule): string {
  return JSON.stringify(meta.title);
}

function failed(one: RuleTestCase, reason: string): RuleTestResult {
  return { case: one, passed: false, reason, explanations: [] };
}
