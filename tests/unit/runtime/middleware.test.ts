import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createLogger } from '../../../src/runtime/logger.ts';
import { createMeter } from '../../../src/runtime/metrics.ts';
import { instrument, type Instruments } from '../../../src/runtime/middleware.ts';
import { eachMessage } from '../../../src/runtime/sqs-batch.ts';
import { createTracing } from '../../../src/runtime/tracing.ts';
import { captureOutput, type CapturedOutput } from '../../support/captured-output.ts';
import { lambdaContext } from '../../support/lambda-context.ts';
import { sqsEvent } from '../../support/sqs-event.ts';

const traceId = '1-65f0c0de-0123456789abcdef01234567';
const context = lambdaContext('trailwatch-dev-test');
let output: CapturedOutput;
let instruments: Instruments;

beforeEach(async () => {
  process.env['_X_AMZN_TRACE_ID'] = `Root=${traceId};Parent=53995c3f42cd8ad8;Sampled=1`;
  output = captureOutput();
  instruments = {
    logger: createLogger('test', { stage: 'dev', logLevel: 'INFO' }),
    meter: createMeter('test', { stage: 'dev' }),
    tracing: await createTracing({ tracing: 'PassThrough' }),
  };
});
afterEach(() => {
  output.restore();
  delete process.env['_X_AMZN_TRACE_ID'];
});

describe('instrument', () => {
  test('returns what the function returns, and logs with request, trace, service and stage', async () => {
    const handler = instrument(async (event: { n: number }) => {
      instruments.logger.info('hello');
      return event.n + 1;
    }, instruments);
    expect(await handler({ n: 1 }, context)).toBe(2);
    expect(output.lines()).toContainEqual(
      expect.objectContaining({
        message: 'hello',
        function_request_id: context.awsRequestId,
        xray_trace_id: traceId,
        service: 'test',
        stage: 'dev',
      }),
    );
  });

  test('a failure stays one, is logged with its cause, and the counts are written all the same', async () => {
    const handler = instrument(async () => {
      instruments.meter.count('RecordsRead', 3);
      throw new Error('the bus is away', { cause: new Error('connection refused') });
    }, instruments);
    await expect(handler({}, context)).rejects.toThrow('the bus is away');
    const lines = output.lines();
    expect(lines).toContainEqual(
      expect.objectContaining({ level: 'ERROR', function_request_id: context.awsRequestId }),
    );
    expect(output.text()).toMatch(/the bus is away.*connection refused/s);
    expect(lines).toContainEqual(
      expect.objectContaining({ RecordsRead: 3, Failures: 1, service: 'test', stage: 'dev' }),
    );
  });

  test("speaks up shortly before Lambda's own timeout would silence it", async () => {
    const handler = instrument(() => new Promise((resolve) => setTimeout(resolve, 5_000).unref()), instruments);
    await expect(handler({}, lambdaContext('trailwatch-dev-test', 600))).rejects.toThrow(/aborted/);
    expect(output.lines()).toContainEqual(expect.objectContaining({ Failures: 1 }));
  });

  test('counts of one invocation do not run into the next', async () => {
    const handler = instrument(async () => instruments.meter.count('RecordsRead', 1), instruments);
    await handler({}, context);
    await handler({}, context);
    const counted = output.lines().filter((line) => 'RecordsRead' in line);
    expect(counted.map((line) => line['RecordsRead'])).toEqual([1, 1]);
  });
});

describe('metrics', () => {
  test('findings are counted by level; everything else by service and stage alone', () => {
    instruments.meter.findings(['high', 'low', 'high']);
    instruments.meter.count('RecordsFailed', 0);
    instruments.meter.flush();
    const dimensions = output
      .lines()
      .map((line) => (line['_aws'] as Emf).CloudWatchMetrics[0]?.Dimensions[0]?.toSorted());
    expect(dimensions).toEqual([
      ['level', 'service', 'stage'],
      ['level', 'service', 'stage'],
      ['service', 'stage'],
    ]);
    expect(output.lines()).toContainEqual(expect.objectContaining({ Findings: 2, level: 'high' }));
  });
});

describe('eachMessage', () => {
  test('goes on after a message that fails, and reports that one alone', async () => {
    const handled: string[] = [];
    const response = await eachMessage(sqsEvent(['one', 'two', 'three']), instruments, context, async ({ body }) => {
      if (body === 'two') throw new Error('no such object');
      handled.push(body);
    });
    expect(handled).toEqual(['one', 'three']);
    expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: 'message-2' }] });
    expect(output.lines()).toContainEqual(expect.objectContaining({ level: 'ERROR', messageId: 'message-2' }));
  });

  test('a message that never ends costs the others of its batch nothing, and is told to stop', async () => {
    let stopped = false;
    const little = lambdaContext('trailwatch-dev-test', 2_300);
    const response = await eachMessage(sqsEvent(['one', 'two', 'three']), instruments, little, ({ body }, signal) => {
      if (body !== 'one') return Promise.resolve();
      signal.addEventListener('abort', () => (stopped = true));
      return new Promise(() => {});
    });
    expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: 'message-1' }] });
    expect(stopped).toBe(true);
    expect(output.text()).toContain('not done within its share of the time');
  });

  test('begins nothing for which no time is left', async () => {
    const handled: string[] = [];
    const none = lambdaContext('trailwatch-dev-test', 1_000);
    const response = await eachMessage(sqsEvent(['one']), instruments, none, async ({ body }) => {
      handled.push(body);
    });
    expect(handled).toEqual([]);
    expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: 'message-1' }] });
  });
});

interface Emf {
  readonly CloudWatchMetrics: readonly { readonly Dimensions: readonly (readonly string[])[] }[];
}
