// One copy of a function, as Lambda starts it: loads the given handler, and runs one invocation after the other.
import type { Context } from 'aws-lambda';
import { lambdaContext } from '../support/lambda-context.ts';
import type { Asked, Said, Used } from './wire-copy.ts';

/** An unhurried copy never runs out of time on a busy machine: its clock stands still, and its timeouts are long. */
const unhurried = process.argv[3] === 'unhurried';
const longTimeouts = 60;

let shownMs = 0;
let setAtMs = 0;
const RealDate = Date;
const nowMs = (): number => shownMs + (unhurried ? 0 : RealDate.now() - setAtMs);

/** Hours pass within a test: the caller sets all clocks in this process. */
globalThis.Date = class extends RealDate {
  constructor(...given: readonly unknown[]) {
    if (given.length === 0) super(nowMs());
    else super(...(given as [number]));
  }
  static override now(): number {
    return nowMs();
  }
} as DateConstructor;

if (unhurried) {
  const { setTimeout: realTimeout } = globalThis;
  // Pauses before another try stay as they are; what gives something up has a second at least.
  const stretched = (ms = 0): number => (ms < 1_000 ? ms : ms * longTimeouts);
  globalThis.setTimeout = Object.assign(
    (work: (...given: readonly unknown[]) => void, ms?: number, ...given: readonly unknown[]) =>
      realTimeout(work, stretched(ms), ...given),
    realTimeout,
  );
  const signalAfter = AbortSignal.timeout.bind(AbortSignal);
  AbortSignal.timeout = (ms) => signalAfter(stretched(ms));
}

type Handler = (event: unknown, context: Context) => Promise<unknown>;

const name = process.argv[2] ?? '';
const { handler } = (await import(`../../functions/${name}.ts`)) as { readonly handler: Handler };
const say = (said: Omit<Said, 'used'>): void => void process.send?.({ ...said, used: usedNow() } satisfies Said);

process.on('message', ({ id, event, atMs, remainingMs }: Asked) => {
  setAtMs = RealDate.now();
  shownMs = atMs ?? setAtMs;
  const endMs = nowMs() + remainingMs;
  const context = {
    ...lambdaContext(`trailwatch-dev-${name}`),
    getRemainingTimeInMillis: () => endMs - nowMs(),
  };
  handler(event, context).then(
    (answer) => say({ id, answer }),
    (error: unknown) => say({ id, error: error instanceof Error ? error.message : String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));
say({ id: 0 });

function usedNow(): Used {
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed } = process.memoryUsage();
  return { cpuMs: (user + system) / 1_000, rssBytes: rss, heapBytes: heapUsed };
}
