import { nearestOf } from '../../src/sigma/index.ts';
import { parameterKinds, parameterNames, type ParameterName, type Parameters } from './table.ts';

/** Given is a value as serverless.yml or the command line has it; nothing, when neither has. */
export type Given = string | number | boolean | null | undefined;

/** ParameterError says which parameters are wrong and what belongs there, a line each. */
export class ParameterError extends Error {
  override readonly name = 'ParameterError';
}

/**
 * readParameters reads the parameters of a stage from their texts.
 * @throws {ParameterError} with a line for each value that can't be read.
 */
export function readParameters(given: Readonly<Record<ParameterName, Given>>): Parameters {
  const problems: string[] = [];
  const values = parameterNames.map((name) => {
    const read = readParameter(name, given[name]);
    if ('problem' in read) problems.push(read.problem);
    return [name, 'value' in read ? read.value : undefined] as const;
  });
  if (problems.length > 0) throw new ParameterError(problems.join('\n'));
  return Object.fromEntries(values) as unknown as Parameters;
}

/**
 * checkGiven checks what the command line gives, `--param="name=value"`: an unknown name must not mean the default.
 * @param known further names that serverless.yml gives
 * @throws {ParameterError} with a line for each that is wrong.
 */
export function checkGiven(given: readonly string[], known: readonly string[]): void {
  const problems = given.flatMap((text) => {
    const [name = '', ...rest] = text.split('=');
    if (isParameter(name)) {
      const read = readParameter(name, rest.join('='));
      return 'problem' in read ? [read.problem] : [];
    }
    return known.includes(name) ? [] : [unknownParameter(name, [...new Set([...parameterNames, ...known])])];
  });
  if (problems.length > 0) throw new ParameterError(problems.join('\n'));
}

function readParameter(name: ParameterName, given: Given): { readonly value: unknown } | { readonly problem: string } {
  const { expected, read } = parameterKinds[name];
  const found = read(String(given ?? ''));
  return 'value' in found ? found : { problem: `parameter ${name}: expected ${expected}, got "${found.got}"` };
}

function unknownParameter(name: string, known: readonly string[]): string {
  const nearest = nearestOf(name, known);
  const hint = nearest === undefined ? `known are ${known.toSorted().join(', ')}` : `did you mean ${nearest}?`;
  return `parameter ${name}: unknown parameter; ${hint}`;
}

function isParameter(name: string): name is ParameterName {
  return Object.hasOwn(parameterKinds, name);
}
