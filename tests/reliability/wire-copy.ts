import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

/** Asked is an invocation, Said its answer; the first message of a copy says that it is ready. */
export interface Asked {
  readonly id: number;
  readonly event: unknown;
  /** The time on its clock at the start (milliseconds since 1970); the real time without one. */
  readonly atMs: number | undefined;
  readonly remainingMs: number;
}

export interface Said {
  readonly id: number;
  readonly answer?: unknown;
  readonly error?: string;
  readonly used: Used;
}

/** Used is the processor time and memory that a process used. */
export interface Used {
  readonly cpuMs: number;
  readonly rssBytes: number;
  readonly heapBytes: number;
}

/** WireCopy is one copy of a function in a process of its own, loaded as plain Node loads it. */
export interface WireCopy {
  /**
   * invoke runs one invocation.
   * @throws {Died} when the process is killed meanwhile.
   */
  readonly invoke: (event: unknown, atMs?: number) => Promise<unknown>;
  /** The usage with its last answer. */
  readonly used: () => Used;
  /** kill ends the process with SIGKILL, and waits until it is gone. */
  readonly kill: () => Promise<void>;
}

export class Died extends Error {
  override readonly name = 'Died';
}

/** The time limit of functions/deliver.ts in serverless.yml. */
const remainingMs = 90_000;

/** Pace says whether time passes for a copy as it does in Lambda, or not at all, so that a busy machine changes nothing. */
export type Pace = 'as-in-lambda' | 'unhurried';

export async function startWireCopy(
  name: 'deliver' | 'flush',
  environment: Readonly<Record<string, string>>,
  pace: Pace = 'as-in-lambda',
): Promise<WireCopy> {
  const child = fork(path.join(import.meta.dirname, 'wire-lambda.ts'), [name, pace], {
    env: { PATH: process.env['PATH'], ...environment },
    // As Lambda sets it for 512 MB, so that growing memory shows.
    execArgv: ['--disable-warning=ExperimentalWarning', '--max-old-space-size=460', '--max-semi-space-size=25'],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  if (child.stderr !== null) void passOn(child.stderr);
  const waiting = new Map<
    number,
    { readonly resolve: (said: Said) => void; readonly reject: (error: Error) => void }
  >();
  const gone = once(child, 'exit');
  let ids = 0;
  let dead = false;
  void gone.then(() => {
    dead = true;
    for (const { reject } of waiting.values()) reject(new Died(`${name}: the process was killed`));
    waiting.clear();
  });
  let used: Used = { cpuMs: 0, rssBytes: 0, heapBytes: 0 };
  child.on('message', (said: Said) => {
    ({ used } = said);
    waiting.get(said.id)?.resolve(said);
    waiting.delete(said.id);
  });
  const hear = (id: number): Promise<Said> =>
    new Promise((resolve, reject) => {
      if (dead) reject(new Died(`${name}: the process is dead`));
      else waiting.set(id, { resolve, reject });
    });
  await hear(0);
  return {
    used: () => used,
    invoke: async (event, atMs) => {
      const id = (ids += 1);
      const answer = hear(id);
      const asked: Asked = { id, event, atMs, remainingMs };
      child.send(asked, () => undefined);
      const { answer: given, error } = await answer;
      if (error !== undefined) throw new Error(`${name}: ${error}`);
      return given;
    },
    kill: async () => {
      child.kill('SIGKILL');
      await gone;
    },
  };
}

/** The function's log tells of the faults that a run makes; anything else is a fault of the run itself. */
async function passOn(stderr: Readable): Promise<void> {
  for await (const line of createInterface({ input: stderr })) {
    if (!line.startsWith('{"level":')) process.stderr.write(`${line}\n`);
  }
}
