import { isIP } from 'node:net';
import { ReportError } from './report-error.ts';
import { sqlLiteral } from '../../text/sql-literal.ts';

/** ParameterDefinition is a parameter of a report, in addition to period, account and region. */
export interface ParameterDefinition {
  readonly name: string;
  readonly type: ParameterType;
  readonly meaning: string;
  /** As on the command line; a parameter without a default is required. */
  readonly default?: string;
  /** The only values allowed. */
  readonly choices?: readonly string[];
  /** The smallest and largest value of an integer. */
  readonly min?: number;
  readonly max?: number;
}

/** ParameterValue is a checked value: an execution parameter, never part of the query's text. */
export type ParameterValue =
  | { readonly type: 'text'; readonly value: string }
  | { readonly type: 'integer'; readonly value: number }
  | { readonly type: 'boolean'; readonly value: boolean };

type Reader = { readonly expects: string; readonly read: (text: string) => ParameterValue | undefined };

const longest = 1000;
const textOf = (value: string): ParameterValue => ({ type: 'text', value });
const matching =
  (pattern: RegExp) =>
  (text: string): ParameterValue | undefined =>
    pattern.test(text) ? textOf(text) : undefined;

// A row a type. `*` means any value, for the types that allow it: SQL then reads `(:account = '*' OR account = :account)`.
const readers = {
  text: { expects: `text of 1 to ${longest} characters, without control characters`, read: (text) => textOf(text) },
  integer: {
    expects: 'a whole number',
    read(text) {
      const value = Number(text);
      return /^-?\d{1,15}$/.test(text) && Number.isSafeInteger(value) ? { type: 'integer', value } : undefined;
    },
  },
  boolean: {
    expects: 'true or false',
    read: (text) => (text === 'true' || text === 'false' ? { type: 'boolean', value: text === 'true' } : undefined),
  },
  account: { expects: 'a 12-digit account ID', read: matching(/^(?:\d{12}|\*)$/) },
  region: { expects: 'a region such as eu-west-1', read: matching(/^(?:[a-z]{2}(?:-[a-z]+){1,2}-\d|\*)$/) },
  address: {
    expects: 'an IP address',
    read: (text) => (text === '*' || isIP(text) !== 0 ? textOf(text) : undefined),
  },
  'access-key': {
    expects: 'an access key ID such as AKIAIOSFODNN7EXAMPLE',
    read: matching(/^(?:A(?:KI|SI|BI|CC)A[A-Z0-9]{12,124}|\*)$/),
  },
  timezone: {
    expects: 'a time zone such as Europe/Berlin',
    read: (text) => (isTimezone(text) ? textOf(text) : undefined),
  },
} satisfies Record<string, Reader>;

export type ParameterType = keyof typeof readers;
export const parameterTypes = Object.keys(readers) as readonly ParameterType[];

/** expectationOf describes the values of a parameter. */
export function expectationOf({ type, min, max }: Pick<ParameterDefinition, 'type' | 'min' | 'max'>): string {
  const { expects } = readers[type];
  if (type !== 'integer') return expects;
  if (min === undefined) return max === undefined ? expects : `${expects} up to ${max}`;
  return max === undefined ? `${expects} from ${min} up` : `${expects} from ${min} to ${max}`;
}

/** readParameter checks the text of one parameter. @throws {ReportError} with the expected values. */
export function readParameter(definition: ParameterDefinition, text: string): ParameterValue {
  const { name, type, choices } = definition;
  const { read } = readers[type] as Reader;
  // Values never need control characters, and Athena's console would hide them.
  // oxlint-disable-next-line no-control-regex
  const value = text.length > longest || /[\u0000-\u001f\u007f]/.test(text) ? undefined : read(text);
  if (value === undefined || !isWithin(definition, value)) {
    throw new ReportError('usage', `${name}: expected ${expectationOf(definition)}, got ${quote(text)}`);
  }
  if (choices !== undefined && !choices.includes(text)) {
    throw new ReportError('usage', `${name}: expected one of ${choices.join(', ')}, got ${quote(text)}`);
  }
  return value;
}

/** A blank text would compare with every row and find none, unless the SQL gives the empty text a meaning of its own. */
function isWithin(
  { default: standard, min = -Infinity, max = Infinity }: ParameterDefinition,
  value: ParameterValue,
): boolean {
  switch (value.type) {
    case 'text':
      return value.value.trim() !== '' || standard?.trim() === '';
    case 'integer':
      return value.value >= min && value.value <= max;
    case 'boolean':
      return true;
    default:
      throw new Error(value satisfies never);
  }
}

/**
 * readParameters checks the given values against a report's parameters.
 * @throws {ReportError} for an unknown, missing or wrong value.
 */
export function readParameters(
  definitions: readonly ParameterDefinition[],
  given: Readonly<Record<string, string>>,
): ReadonlyMap<string, ParameterValue> {
  const names = definitions.map(({ name }) => name);
  for (const name of Object.keys(given)) {
    if (names.includes(name)) continue;
    const known =
      names.length === 0
        ? 'The report has no parameters besides period, account and region.'
        : `Known: ${names.join(', ')}.`;
    throw new ReportError('usage', `${quote(name)}: unknown parameter`, { hint: known });
  }
  const values = new Map<string, ParameterValue>();
  for (const definition of definitions) {
    const text = Object.hasOwn(given, definition.name) ? given[definition.name] : definition.default;
    if (text === undefined) {
      throw new ReportError('usage', `${definition.name}: required parameter is missing (${definition.meaning})`, {
        hint: `Add --param ${definition.name}=VALUE: ${expectationOf(definition)}.`,
      });
    }
    values.set(definition.name, readParameter(definition, text));
  }
  return values;
}

/**
 * parameterLiteral writes a value as a literal of Athena's grammar, as execution parameters need it.
 * https://docs.aws.amazon.com/athena/latest/ug/querying-with-prepared-statements.html
 */
export function parameterLiteral(value: ParameterValue): string {
  return value.type === 'text' ? sqlLiteral(value.value) : String(value.value);
}

function isTimezone(text: string): boolean {
  if (!/^[A-Za-z][A-Za-z0-9_+/-]{0,63}$/.test(text)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
