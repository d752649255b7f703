import {
  compileMatcher,
  conjunctionsOf,
  literalOf,
  nearestOf,
  printPattern,
  type DetectionItem,
  type Expr,
  type LintCheck,
  type Literal,
  type LogSource,
  type LoweredRule,
  type Remark,
  type Test,
} from '../../sigma/index.ts';
import { awsCalls, plainCall, shortSource } from './aws-calls/calls.ts';
import { itemsOf } from './search-items.ts';
import { unknownField } from './source-fields.ts';

/** awsCheck finds what Sigma can't know to be wrong: fields that CloudTrail doesn't have, calls that no service has. */
export const awsCheck: LintCheck = ({ detection, logsource }, lowered) => {
  const items = [...detection.searches.values()].flatMap(itemsOf);
  const fields = items.flatMap((item) => fieldRemarks(item, logsource));
  const isTrail = logsource.product === 'aws' && logsource.service === 'cloudtrail';
  return isTrail && lowered !== undefined ? [...fields, ...callRemarks(lowered, items)] : fields;
};

function fieldRemarks(item: DetectionItem, logsource: LogSource): readonly Remark[] {
  if (item.field === '') return [];
  const unknown = unknownField(item.field, logsource);
  if (unknown === undefined) return [];
  const { part, within, known } = unknown;
  const near = nearestOf(
    part.toLowerCase(),
    known.map((name) => name.toLowerCase()),
  );
  const meant = known.find((name) => name.toLowerCase() === near);
  const where = within === '' ? `a record of ${logsource.service ?? 'this source'}` : within;
  const hint = meant === undefined ? '' : `; did you mean ${[within, meant].filter((one) => one !== '').join('.')}?`;
  return [{ code: 'unknown-field', message: `${where} has no field ${JSON.stringify(part)}${hint}`, line: item.line }];
}

/** Every call that a rule names must exist: for its sources where the same alternative names them, else for any. */
function callRemarks({ expr }: LoweredRule, items: readonly DetectionItem[]): readonly Remark[] {
  const remarks = new Map<string, Remark>();
  for (const literals of conjunctionsOf(expr) ?? [leavesOf(expr)]) {
    const sources = testsOf(literals, 'eventSource', false).flatMap(sourcesOf);
    for (const { test } of [...testsOf(literals, 'eventSource', false), ...testsOf(literals, 'eventSource', true)]) {
      for (const remark of sourceRemarks(test, items)) remarks.set(remark.message, remark);
    }
    for (const { test, negated } of [
      ...testsOf(literals, 'eventName', false),
      ...testsOf(literals, 'eventName', true),
    ]) {
      // What is excluded may belong to any source.
      for (const remark of nameRemarks(test, negated ? [] : sources, items)) remarks.set(remark.message, remark);
    }
  }
  return [...remarks.values()];
}

interface FieldTest {
  readonly test: Test;
  readonly negated: boolean;
}

function testsOf(literals: readonly Literal[], field: string, negated: boolean): readonly FieldTest[] {
  return literals.flatMap(({ leaf, negated: not }) =>
    leaf.kind === 'field' && leaf.field === field && not === negated ? [{ test: leaf.test, negated }] : [],
  );
}

/** Without its alternatives, an expression still names calls. */
function leavesOf(expr: Expr): readonly Literal[] {
  switch (expr.kind) {
    case 'and':
    case 'or':
      return expr.items.flatMap(leavesOf);
    case 'not':
      return leavesOf(expr.item).map(({ leaf }) => ({ leaf, negated: true }));
    case 'field':
    case 'keyword':
    case 'element':
    case 'constant':
      return [{ leaf: expr, negated: false }];
    default:
      throw new Error(expr satisfies never);
  }
}

/** The known sources that a test names outright. */
function sourcesOf({ test }: FieldTest): readonly string[] {
  return textsOf(test).filter((text) => awsCalls().hasSource(text));
}

function sourceRemarks(test: Test, items: readonly DetectionItem[]): readonly Remark[] {
  return textsOf(test).flatMap((text) => {
    if (!text.toLowerCase().endsWith('.amazonaws.com')) {
      const message = `eventSource ${JSON.stringify(text)} never occurs: CloudTrail writes the service's host, e.g. iam.amazonaws.com`;
      return [{ code: 'unknown-source', message, ...lineOf(items, 'eventSource', text) }];
    }
    if (awsCalls().hasSource(text)) return [];
    const message = `eventSource ${JSON.stringify(text)}: no AWS service is known by this name (${awsCalls().origin})`;
    return [{ code: 'unknown-source', message, ...lineOf(items, 'eventSource', text) }];
  });
}

/** A few unknown names are told one by one, with what was meant; a list of another service's names together. */
const maxTold = 3;

function nameRemarks(test: Test, sources: readonly string[], items: readonly DetectionItem[]): readonly Remark[] {
  if (test.kind !== 'pattern') return [];
  const unknown = test.patterns.flatMap((pattern) => {
    const text = literalOf(pattern);
    const isKnown = text === undefined ? hasAnyLike({ ...test, patterns: [pattern] }, sources) : hasCall(text, sources);
    return isKnown ? [] : [{ shown: text ?? printPattern(pattern), literal: text !== undefined }];
  });
  const [first] = unknown;
  if (first === undefined) return [];
  const code = 'unknown-event-name';
  if (unknown.length <= maxTold) {
    return unknown.map(({ shown, literal }) => ({
      code,
      message: unknownCall(shown, sources, literal),
      ...lineOf(items, 'eventName', shown),
    }));
  }
  const names = unknown.slice(0, maxTold).map(({ shown }) => JSON.stringify(shown));
  const whose = sources.length === 0 ? 'no AWS service has' : `${sources.map(shortSource).join(' or ')} has none of`;
  const message = `${whose} the calls ${names.join(', ')} and ${unknown.length - maxTold} more of this list`;
  return [{ code, message, ...lineOf(items, 'eventName', first.shown) }];
}

function hasCall(name: string, sources: readonly string[]): boolean {
  const calls = awsCalls();
  if (sources.length === 0) return calls.callsOf().has(plainCall(name)) || calls.callsOf().has(name.toLowerCase());
  return sources.some(
    (source) => calls.callsOf(source).has(plainCall(name)) || calls.callsOf(source).has(name.toLowerCase()),
  );
}

function hasAnyLike(test: Test, sources: readonly string[]): boolean {
  const matches = compileMatcher({
    kind: 'field',
    field: 'name',
    test: test.kind === 'pattern' ? { ...test, cased: false } : test,
  });
  const sets = sources.length === 0 ? [awsCalls().callsOf()] : sources.map((source) => awsCalls().callsOf(source));
  // A name may carry its API version: `*Function2015*` is nothing in the table.
  if (
    test.kind === 'pattern' &&
    test.patterns.some((parts) => parts.some((part) => typeof part === 'string' && /\d/.test(part)))
  )
    return true;
  return sets.some((names) => [...names].some((name) => matches({ name })));
}

function unknownCall(name: string, sources: readonly string[], literal: boolean): string {
  const calls = awsCalls();
  const services = sources.map(shortSource).join(' or ');
  const of = services === '' ? 'no AWS service has' : `${services} has no`;
  const what = literal ? `call ${JSON.stringify(name)}` : `call like ${JSON.stringify(name)}`;
  const elsewhere = literal ? calls.sourcesOf(name) : [];
  if (services !== '' && elsewhere.length > 0) {
    return `${of} ${what}; it belongs to ${elsewhere
      .slice(0, 4)
      .map((one) => `${one}.amazonaws.com`)
      .join(', ')}`;
  }
  const near = literal
    ? sources.length === 0
      ? calls.nearest(name)
      : sources.map((one) => calls.nearest(name, one)).find((one) => one !== undefined)
    : undefined;
  const hint = near === undefined ? ` (${calls.origin})` : `; did you mean ${near}?`;
  return `${services === '' ? `${of} a ${what}` : `${of} ${what}`}${hint}`;
}

function textsOf(test: Test): readonly string[] {
  return test.kind === 'pattern' ? test.patterns.flatMap((pattern) => literalOf(pattern) ?? []) : [];
}

/** Lowering keeps no lines, so the item is found again by its field and value. */
function lineOf(items: readonly DetectionItem[], field: string, text: string): { readonly line?: number } {
  const ofField = items.filter((item) => item.field === field);
  const exact = ofField.find(({ values }) => values.some((value) => value === text));
  const item =
    exact ?? ofField.find(({ values }) => values.some((value) => text.includes(String(value)))) ?? ofField[0];
  return item === undefined ? {} : { line: item.line };
}
