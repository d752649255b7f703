import type { CheckResult, State } from '../../doctor/result.ts';
import { shown } from '../../text/escape.ts';
import type { Colors } from '../shell/terminal.ts';
import { plural } from '../../text/amounts.ts';

/** PrintedDiagnosis is what `trailwatch doctor` prints. */
export interface PrintedDiagnosis {
  readonly stage: string;
  readonly region: string;
  readonly results: readonly CheckResult[];
}

const colorOf = {
  ok: (colors) => colors.green,
  warning: (colors) => colors.yellow,
  broken: (colors) => colors.red,
  unknown: (colors) => colors.magenta,
} satisfies Record<State, (colors: Colors) => (text: string) => string>;

/** In characters: a command that is cut off cannot be pasted. */
const longestCommand = 4_000;

const states = Object.keys(colorOf) as readonly State[];
const widestState = Math.max(...states.map(({ length }) => length));

/** doctorTable prints a line a result, with its fix below it, and a last line with the counts. */
export function doctorTable({ stage, region, results }: PrintedDiagnosis, colors: Colors): string {
  const widest = Math.max(...results.map(({ check }) => check.length));
  const indent = ' '.repeat(widestState + widest + 4);
  const lines = results.flatMap(({ state, check, says, mend }) => [
    `${colorOf[state](colors)(state.padEnd(widestState))}  ${check.padEnd(widest)}  ${shown(says)}`,
    ...(mend === undefined
      ? []
      : mend.split('\n').map((line) => `${indent}${colors.cyan(`→ ${shown(line, longestCommand)}`)}`)),
  ]);
  return `${colors.bold(`trailwatch-${stage}, ${region}`)}\n${lines.join('\n')}\n${lastLine(results, colors)}\n`;
}

/** doctorJson gives the same as one JSON object, with the counts by state. */
export function doctorJson({ stage, region, results }: PrintedDiagnosis): string {
  return `${JSON.stringify({ stage, region, counts: countsOf(results), results }, null, 2)}\n`;
}

function countsOf(results: readonly CheckResult[]): Readonly<Record<State, number>> {
  const counts = states.map((state) => [state, results.filter((result) => result.state === state).length]);
  return Object.fromEntries(counts) as Record<State, number>;
}

function lastLine(results: readonly CheckResult[], colors: Colors): string {
  const { ok, warning, broken, unknown } = countsOf(results);
  const parts = [
    `${ok} ok`,
    ...(broken > 0 ? [colors.red(`${broken} broken`)] : []),
    ...(warning > 0 ? [colors.yellow(plural(warning, 'warning'))] : []),
    ...(unknown > 0 ? [colors.magenta(`${unknown} unknown`)] : []),
  ];
  return colors.bold(parts.join(', '));
}
