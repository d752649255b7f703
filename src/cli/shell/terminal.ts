import type { Readable, Writable } from 'node:stream';
import pc from 'picocolors';
import type { Level } from '../../model/level.ts';

export type Colors = ReturnType<typeof pc.createColors>;

/** Output is one stream to write text to, and what that stream can show. */
export interface Output {
  /** Resolves when the stream wants more, so that a slow reader slows the work down instead of filling memory. */
  write(text: string): Promise<void>;
  readonly colors: Colors;
  /** Whether a person's terminal is at the other end. */
  readonly interactive: boolean;
  /** In columns. */
  readonly width: number;
}

/** Surroundings is all that a command may know of the world it was started in. */
export interface Surroundings {
  readonly out: Output;
  readonly err: Output;
  readonly stdin: Readable;
  readonly cwd: string;
  readonly now: () => Date;
  /** Aborted by Ctrl-C, or when stdout is closed. */
  readonly stop: AbortSignal;
}

export type Environment = Readonly<Record<string, string | undefined>>;

type TerminalStream = Writable & { readonly isTTY?: boolean; readonly columns?: number };

/** createOutput wraps a stream. Colour follows NO_COLOR (https://no-color.org) and FORCE_COLOR, else the terminal. */
export function createOutput(stream: TerminalStream, env: Environment): Output {
  const interactive = stream.isTTY === true;
  return {
    interactive,
    width: stream.columns ?? (Number(env['COLUMNS']) || 100),
    colors: pc.createColors(wantsColor(env, interactive)),
    write(text) {
      // A closed stream never drains; closing it also aborts the work.
      if (stream.write(text) || stream.destroyed) return Promise.resolve();
      return new Promise((resolve) => {
        const settle = (): void => {
          stream.off('drain', settle);
          stream.off('close', settle);
          resolve();
        };
        stream.on('drain', settle);
        stream.on('close', settle);
      });
    },
  };
}

export function wantsColor(env: Environment, interactive: boolean): boolean {
  if (env['NO_COLOR'] !== undefined && env['NO_COLOR'] !== '') return false;
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  return interactive && env['TERM'] !== 'dumb';
}

const levelColors = {
  critical: (colors, text) => colors.bgRed(colors.white(colors.bold(text))),
  high: (colors, text) => colors.red(text),
  medium: (colors, text) => colors.yellow(text),
  low: (colors, text) => colors.cyan(text),
  informational: (colors, text) => colors.dim(text),
} satisfies Record<Level, (colors: Colors, text: string) => string>;

/** colorLevel gives text its level's colour. */
export function colorLevel(colors: Colors, level: Level, text: string): string {
  return levelColors[level](colors, text);
}
