import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createMeter } from '../../../src/runtime/metrics.ts';
import { captureOutput, type CapturedOutput } from '../../support/captured-output.ts';

let output: CapturedOutput;
beforeEach(() => {
  output = captureOutput();
});
afterEach(() => output.restore());

describe('which metric a value belongs to', () => {
  test.each(['deliver', 'flush'])('a canary that came back by %s is the one that the alarm watches', (service) => {
    const meter = createMeter(service, { stage: 'dev' });
    meter.duration('CanaryLatency', 900);
    meter.flush();
    expect(output.lines()).toEqual([
      expect.objectContaining({ service: 'deliver', stage: 'dev', CanaryLatency: 900, _aws: expect.anything() }),
    ]);
  });

  test('everything else belongs to the function that counted it, also beside a canary', () => {
    const meter = createMeter('flush', { stage: 'dev' });
    meter.duration('CanaryLatency', 900);
    meter.duration('EventToAlert', 1_200);
    meter.count('NotificationsSent', 1);
    meter.flush();
    expect(output.lines()).toHaveLength(2);
    expect(output.lines()).toContainEqual(
      expect.objectContaining({ service: 'flush', stage: 'dev', EventToAlert: 1_200, NotificationsSent: 1 }),
    );
  });

  test('what was written once is not written again', () => {
    const meter = createMeter('flush', { stage: 'dev' });
    meter.duration('CanaryLatency', 900);
    meter.flush();
    meter.flush();
    expect(output.lines()).toHaveLength(1);
  });
});
