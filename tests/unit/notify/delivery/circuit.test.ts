import { describe, expect, test } from '@jest/globals';
import { createBreaker } from '../../../../src/notify/delivery/breaker.ts';
import { askCircuit, circuitAfterFailure, failuresToOpen } from '../../../../src/notify/delivery/circuit.ts';
import {
  closedCircuit,
  createMemoryCircuits,
  type Circuit,
} from '../../../../src/notify/delivery/state/circuit-store.ts';
import { DeliveryError, type DeliveryReason } from '../../../../src/notify/receivers/receiver.ts';

const start = Date.parse('2026-03-14T12:00:00Z');
const at = (ms: number): Date => new Date(start + ms);
const second = 1_000;

function after(reasons: readonly DeliveryReason[], retryAfterMs?: number): Circuit {
  return reasons.reduce<Circuit>(
    (circuit, reason) => ({ ...circuitAfterFailure(circuit, { reason, retryAfterMs }, at(0)), version: 1 }),
    closedCircuit,
  );
}
const times = (count: number, reason: DeliveryReason = 'unavailable'): readonly DeliveryReason[] =>
  Array<DeliveryReason>(count).fill(reason);

describe('a circuit', () => {
  test.each<[rule: string, circuit: Circuit, ms: number, kind: string]>([
    ['that never failed is closed', closedCircuit, 0, 'closed'],
    ['stays closed below the limit', after(times(failuresToOpen - 1)), 0, 'closed'],
    ['opens at the limit', after(times(failuresToOpen)), 0, 'open'],
    ['opens sooner where nothing answers: that costs the most time', after(times(3, 'timeout')), 0, 'open'],
    ['stays open for half a minute', after(times(failuresToOpen)), 30 * second - 1, 'open'],
    ['then lets one through', after(times(failuresToOpen)), 30 * second, 'half-open'],
    ['is open longer with each failure more', after(times(failuresToOpen + 2)), 120 * second - 1, 'open'],
    ['is open for ten minutes at most', after(times(50)), 600 * second, 'half-open'],
    ['is open for as long as the receiver asked', after(['rate-limited'], 7 * second), 7 * second - 1, 'open'],
    ['is closed when that is over', after(['rate-limited'], 7 * second), 7 * second, 'closed'],
    ['believes no receiver that asks for a day', after(['rate-limited'], 86_400 * second), 600 * second, 'closed'],
  ])('%s', (_rule, circuit, ms, kind) => {
    expect(askCircuit(circuit, at(ms)).kind).toBe(kind);
  });

  test('says why, and until when', () => {
    expect(askCircuit(after(times(failuresToOpen)), at(0))).toEqual({
      kind: 'open',
      untilMs: start + 30 * second,
      why: 'failed 5 times in a row: not called until 2026-03-14T12:00:30.000Z',
    });
  });
});

describe('the breaker', () => {
  const refused = (reason: DeliveryReason): DeliveryError => new DeliveryError('no', { reason, retryable: true });

  test('learns from other copies of the function, and lets one of them try', async () => {
    const circuits = createMemoryCircuits();
    const [one, two] = [createBreaker(circuits), createBreaker(circuits)];
    for (let index = 0; index < failuresToOpen; index += 1) await one.failed('slack', refused('unavailable'), at(0));
    expect(await two.ask('slack', at(1))).toMatchObject({ kind: 'open' });
    const answers = await Promise.all([one, two].map((breaker) => breaker.ask('slack', at(30 * second))));
    expect(answers.map(({ kind }) => kind).toSorted()).toEqual(['closed', 'open']);
    await one.succeeded('slack', at(31 * second));
    expect(await two.ask('slack', at(40 * second))).toEqual({ kind: 'closed' });
  });

  test.each(['rejected', 'too-large'] as const)('takes %s as a sign of life', async (reason) => {
    const breaker = createBreaker(createMemoryCircuits());
    for (let index = 0; index < 20; index += 1) await breaker.failed('slack', refused(reason), at(0));
    expect(await breaker.ask('slack', at(0))).toEqual({ kind: 'closed' });
  });

  test('lets everything through without its state: it must not cost an alert', async () => {
    const broken = async (): Promise<never> => Promise.reject(new Error('no answer'));
    const breaker = createBreaker({ read: broken, replace: broken });
    await breaker.failed('slack', refused('unavailable'), at(0));
    expect(await breaker.ask('slack', at(0))).toEqual({ kind: 'closed' });
  });
});
