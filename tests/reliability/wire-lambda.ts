// One copy of a function, as Lambda starts it: loads the handler that it is told, and runs one invocation after the other.
import type { Context } from 'aws-lambda';
import { lambdaContext } from '../support/lambda-context.ts';
import type { Asked, Said, Used } from './wire-copy.ts';

let aheadMs = 0;
const RealDate = Date;

/** Hours pass within a test: all clocks in this process are set by whoever calls. */
globalThis.Date = class extends RealDate {
  constructor(...given: readonly unknown[]) {
    if (given.length === 0) super(RealDate.now() + aheadMs);
    else super(...(given as [number]));
  }
  static override now(): number {
    return RealDate.now() + aheadMs;
  }
} as DateConstructor;

type Handler = (event: unknown, context: Context) => Promise<unknown>;

const name = process.argv[2] ?? '';
const { handler } = (await import(`../../functions/${name}.ts`)) as { readonly handler: Handler };
const say = (said: Omit<Said, 'used'>): void => void process.send?.({ ...said, used: usedNow() } satisfies Said);

process.on('message', ({ id, event, atMs, remainingMs }: Asked) => {
  aheadMs = atMs === undefined ? 0 : atMs - RealDate.now();
  const endMs = RealDate.now() + remainingMs;
  const context = {
    ...lambdaContext(`trailwatch-dev-${name}`),
    getRemainingTimeInMillis: () => endMs - RealDate.now(),
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
