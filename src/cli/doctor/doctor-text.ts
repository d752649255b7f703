import type { CheckResult, State } from '../../doctor/result.ts';
import { shown } from '../../text/escape.ts';
import type { Colors } from '../shell/terminal.ts';
import { plural } from '../../text/amounts.ts';

/** Told is what `trailwatch doctor` has to tell. */
export interface Told {
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

/** A command that is cut cannot be pasted. */
const longestCommand = 4_000;

const states = Object.keys(colorOf) as readonly State[];
const widestState = Math.max(...states.map(({ length }) => length));

/** doctorTable tells results a line each, with the way to mend what is not right below it, and sums up in the last line. */
export function doctorTable({ stage, region, results }: Told, colors: Colors): string {
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

/** doctorJson tells the same as one JSON object, with the counts by state. */
export function doctorJson({ stage, region, results }: Told): string {
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
