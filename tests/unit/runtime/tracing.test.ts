import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { createTracing, type Tracing } from '../../../src/runtime/tracing.ts';
import { startXRayDaemon, type XRayDaemon } from '../../support/xray-daemon.ts';

const traceId = '1-65f0c0de-0123456789abcdef01234567';
const lambdaSegment = '53995c3f42cd8ad8';
const header = (sampled: 0 | 1): string => `Root=${traceId};Parent=${lambdaSegment};Sampled=${sampled}`;

let daemon: XRayDaemon;
let tracing: Tracing;

beforeAll(async () => {
  daemon = await startXRayDaemon();
  process.env['AWS_XRAY_DAEMON_ADDRESS'] = daemon.address;
  tracing = await createTracing({ tracing: 'Active' });
});
afterEach(() => {
  delete process.env['_X_AMZN_TRACE_ID'];
  daemon.clear();
});
afterAll(() => daemon.close());

const invoke = <T>(traceHeader: string, run: () => Promise<T>): Promise<T> => {
  process.env['_X_AMZN_TRACE_ID'] = traceHeader;
  return tracing.invocation(run);
};

describe('tracing', () => {
  test("sends a step as a child of Lambda's own segment, with its annotations", async () => {
    const result = await invoke(header(1), () => tracing.segment('detect', { rule: 'r1', level: 'high' }, () => 42));
    const [sent] = await daemon.until(({ length }) => length === 1);
    expect(result).toBe(42);
    expect(sent).toMatchObject({
      name: 'detect',
      type: 'subsegment',
      trace_id: traceId,
      parent_id: lambdaSegment,
      annotations: { rule: 'r1', level: 'high' },
    });
  });

  test('puts a step inside the step that runs it, also after waiting and side by side', async () => {
    const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));
    await invoke(header(1), () =>
      tracing.segment('outer', {}, async () => {
        await pause();
        await Promise.all(['left', 'right'].map((name) => tracing.segment(name, {}, pause)));
      }),
    );
    const sent = await daemon.until(({ length }) => length === 3);
    const outer = sent.find(({ name }) => name === 'outer');
    expect(sent.filter(({ parent_id }) => parent_id === outer?.id).map(({ name }) => name)).toEqual(['left', 'right']);
  });

  test('marks a step that failed and lets the error through', async () => {
    const failing = invoke(header(1), () =>
      tracing.segment('publish', {}, () => {
        throw new Error('no bus');
      }),
    );
    await expect(failing).rejects.toThrow('no bus');
    const [sent] = await daemon.until(({ length }) => length === 1);
    expect(sent).toMatchObject({ name: 'publish', fault: true });
  });

  test('begins each invocation with its own trace', async () => {
    const other = traceId.replace(/0123/, 'ffff');
    await invoke(header(1), () => tracing.segment('first', {}, () => {}));
    await invoke(header(1).replace(traceId, other), () => tracing.segment('second', {}, () => {}));
    const sent = await daemon.until(({ length }) => length === 2);
    expect(sent.map(({ name, trace_id }) => [name, trace_id])).toEqual([
      ['first', traceId],
      ['second', other],
    ]);
  });

  test.each([
    { rule: 'a trace that is not sampled is not sent', traceHeader: header(0) },
    { rule: 'without a trace, steps just run', traceHeader: '' },
    { rule: 'a header that is no trace is no reason to fail', traceHeader: 'Root=x;Parent=;;=' },
  ])('$rule', async ({ traceHeader }) => {
    expect(await invoke(traceHeader, () => tracing.segment('silent', {}, () => 'ran'))).toBe('ran');
    await invoke(header(1), () => tracing.segment('loud', {}, () => {}));
    const sent = await daemon.until(({ length }) => length > 0);
    expect(sent.map(({ name }) => name)).toEqual(['loud']);
  });

  test('a step outside of any invocation just runs', async () => {
    expect(await tracing.segment('cold start', {}, () => 'ran')).toBe('ran');
  });

  test('when off, runs what it is given and leaves clients alone', async () => {
    const off = await createTracing({ tracing: 'PassThrough' });
    const client = {};
    expect(await off.invocation(() => off.segment('x', {}, () => 'ran'))).toBe('ran');
    expect(off.client(client)).toBe(client);
  });
});
