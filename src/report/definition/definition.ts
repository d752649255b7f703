import * as v from 'valibot';
import { readYamlMap } from '../../text/yaml.ts';
import { expectationOf, parameterTypes, readParameter } from './parameter.ts';
import type { ParameterDefinition } from './parameter.ts';
import { laterThanAnyPeriod, readPeriod } from './period.ts';
import { columnTypes, tableNames } from './report.ts';
import type { Report } from './report.ts';
import { ReportError } from './report-error.ts';
import { bindSql, wordsOf } from './sql-tokens.ts';

/** The parameters that every report has without a definition. */
const ownParameters = ['from', 'to', 'from_day', 'to_day', 'account', 'region'] as const;

const words = (most: number) =>
  v.pipe(
    v.string('expected text'),
    v.trim(),
    v.minLength(1, 'must not be empty'),
    v.maxLength(most, `must have at most ${most} characters`),
  );
const name = v.pipe(
  v.string('expected text'),
  v.regex(/^[a-z][a-z0-9_]{0,39}$/, 'expected a name of lower-case letters, digits and _'),
);
const object = <const Entries extends v.ObjectEntries>(entries: Entries) =>
  v.strictObject(entries, (issue) =>
    issue.expected === 'never'
      ? `unknown key; expected one of ${Object.keys(entries).join(', ')}`
      : issue.received === 'undefined'
        ? 'is required'
        : 'expected a map',
  );

const wholeNumber = v.pipe(v.number('expected a whole number'), v.safeInteger('expected a whole number'));

const parameter = v.pipe(
  object({
    name,
    type: v.picklist(parameterTypes, `expected one of ${parameterTypes.join(', ')}`),
    meaning: words(300),
    default: v.optional(
      v.pipe(
        v.union([v.string(), v.number(), v.boolean()], 'expected text, a number, true or false'),
        v.transform((value) => String(value)),
      ),
    ),
    choices: v.optional(v.array(words(100))),
    min: v.exactOptional(wholeNumber),
    max: v.exactOptional(wholeNumber),
  }),
  v.check(
    ({ type, min, max }) => type === 'integer' || (min === undefined && max === undefined),
    'min and max are for integers',
  ),
  v.check(({ min = -Infinity, max = Infinity }) => min <= max, 'min: must not be larger than max'),
  v.transform(({ default: standard, choices, ...rest }): ParameterDefinition => ({
    ...rest,
    ...(standard !== undefined && { default: standard }),
    ...(choices !== undefined && { choices }),
  })),
  v.check(
    (definition) => !(ownParameters as readonly string[]).includes(definition.name),
    `reserved name: every report already has ${ownParameters.join(', ')}`,
  ),
  v.check(
    hasFittingDefault,
    ({ input }) =>
      `default: expected ${expectationOf(input)}${input.choices === undefined ? '' : ', and one of the choices'}`,
  ),
);

function hasFittingDefault(definition: ParameterDefinition): boolean {
  if (definition.default === undefined) return true;
  try {
    readParameter(definition, definition.default);
    return true;
  } catch {
    return false;
  }
}

const definition = object({
  title: words(120),
  question: v.pipe(words(300), v.endsWith('?', 'expected a question (ending in ?)')),
  group: words(40),
  reads: v.pipe(
    v.array(v.picklist(tableNames, `expected one of ${tableNames.join(', ')}`), 'expected a list of tables'),
    v.minLength(1, 'expected at least one table'),
  ),
  period: v.optional(v.pipe(words(40), v.check(isPeriod, 'expected a period such as 90d or "last quarter"')), '90d'),
  parameters: v.optional(v.array(parameter, 'expected a list'), []),
  columns: v.pipe(
    v.array(
      object({
        name,
        type: v.picklist(columnTypes, `expected one of ${columnTypes.join(', ')}`),
        meaning: words(300),
      }),
      'expected a list of columns (name, type, meaning)',
    ),
    v.minLength(1, 'expected at least one column'),
    v.check((columns) => new Set(columns.map((column) => column.name)).size === columns.length, 'has a column twice'),
  ),
  controls: v.optional(v.array(object({ framework: words(60), id: words(40) }), 'expected a list'), []),
  schedule: words(60),
  reading: words(2000),
  chart: v.optional(object({ label: name, value: v.optional(name) })),
});

function isPeriod(text: string): boolean {
  try {
    readPeriod({ period: text }, laterThanAnyPeriod);
    return true;
  } catch {
    return false;
  }
}

/**
 * parseReport checks a report's two files against each other and makes a Report of them. `path` is the .yml file's.
 * @throws {ReportError} with a line for each error: `queries/x.yml:12: columns.3.type: …`.
 */
export function parseReport(source: {
  readonly name: string;
  readonly path: string;
  readonly yaml: string;
  readonly sql: string;
}): Report {
  const { path } = source;
  const read = readYamlMap(source.yaml, 'expected a map (title, question, columns, …)');
  const problems = read.problems.map(({ line, message }) => `${path}:${line}: ${message}`);
  if (problems.length > 0) throw new ReportError('definition', problems.join('\n'));
  if (read.value === undefined) throw new ReportError('definition', `${path}:1: the file is empty`);
  const checked = v.safeParse(definition, read.value);
  if (!checked.success) {
    const lines = checked.issues.map((issue) => {
      const keys = (issue.path ?? []).map(({ key }) => String(key));
      return `${path}:${read.lineOf(keys)}: ${keys.length > 0 ? `${keys.join('.')}: ` : ''}${issue.message}`;
    });
    throw new ReportError('definition', lines.join('\n'));
  }
  const { chart, ...rest } = checked.output;
  const report: Report = {
    name: source.name,
    ...rest,
    ...(chart !== undefined && {
      chart: chart.value === undefined ? { label: chart.label } : { label: chart.label, value: chart.value },
    }),
    sql: source.sql,
  };
  const faults = disagreements(report).map((fault) => `${path}: ${fault}`);
  if (faults.length > 0) throw new ReportError('definition', faults.join('\n'));
  return report;
}

/** Differences between definition and SQL. */
function disagreements(report: Report): readonly string[] {
  const { parameters, columns, chart, sql } = report;
  const used = new Set(bindSql(sql).names);
  const known = new Set<string>([...ownParameters, ...parameters.map((one) => one.name)]);
  const faults: string[] = [];
  for (const one of used) if (!known.has(one)) faults.push(`the SQL uses :${one}, which is not in parameters`);
  for (const one of parameters) if (!used.has(one.name)) faults.push(`parameter ${one.name} is not used in the SQL`);
  const bare = wordsOf(sql);
  for (const column of columns) {
    if (!bare.has(column.name)) faults.push(`column ${column.name} is not in the SQL`);
  }
  for (const column of [chart?.label, chart?.value]) {
    if (column !== undefined && !columns.some((one) => one.name === column)) {
      faults.push(`chart: unknown column ${column}`);
    }
  }
  return faults;
}
