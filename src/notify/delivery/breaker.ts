import { askCircuit, circuitAfterFailure, circuitAfterSuccess, saysNothingOfHealth } from './circuit.ts';
import type { CircuitAnswer } from './circuit.ts';
import { closedCircuit, type Circuit, type CircuitStore } from './state/circuit-store.ts';
import type { DeliveryError } from '../receivers/receiver.ts';

/** Breaker spares the other receivers the time that a failing one would take. */
export interface Breaker {
  /** ask says whether a receiver may be called; a half-open circuit lets the first caller through. */
  readonly ask: (receiver: string, now: Date) => Promise<Exclude<CircuitAnswer, { kind: 'half-open' }>>;
  readonly succeeded: (receiver: string, now: Date) => Promise<void>;
  readonly failed: (receiver: string, error: DeliveryError, now: Date) => Promise<void>;
}

/** How long a circuit that was read is believed. */
const freshMs = 5_000;
const rounds = 3;

/**
 * createBreaker works on the shared circuits, and remembers them for a short time. Without its state it lets every call through:
 * it saves time, and must not cost an alert.
 */
export function createBreaker(circuits: CircuitStore): Breaker {
  const known = new Map<string, { readonly circuit: Circuit; readonly atMs: number }>();

  const look = async (receiver: string, now: Date): Promise<Circuit> => {
    const circuit = await circuits.read(receiver).catch(() => closedCircuit);
    known.set(receiver, { circuit, atMs: now.getTime() });
    return circuit;
  };
  const lastOf = async (receiver: string, now: Date): Promise<Circuit> => {
    const last = known.get(receiver);
    return last !== undefined && now.getTime() - last.atMs < freshMs ? last.circuit : look(receiver, now);
  };
  const replace = async (
    receiver: string,
    before: Circuit,
    after: Omit<Circuit, 'version'>,
    now: Date,
  ): Promise<boolean> => {
    const mine = await circuits.replace(receiver, before, after).catch(() => true);
    const circuit = { ...after, version: before.version + 1 };
    if (mine) known.set(receiver, { circuit, atMs: now.getTime() });
    return mine;
  };

  return {
    ask: async (receiver, now) => {
      let circuit = await lastOf(receiver, now);
      for (let round = 0; round < rounds; round += 1) {
        const answer = askCircuit(circuit, now);
        if (answer.kind !== 'half-open') return answer;
        if (await replace(receiver, circuit, answer.after, now)) return { kind: 'closed' };
        circuit = await look(receiver, now);
      }
      return { kind: 'closed' };
    },
    succeeded: async (receiver, now) => {
      const circuit = await lastOf(receiver, now);
      if (circuit.failures > 0) await replace(receiver, circuit, circuitAfterSuccess(), now);
    },
    failed: async (receiver, error, now) => {
      if (saysNothingOfHealth(error)) return;
      let circuit = await lastOf(receiver, now);
      for (let round = 0; round < rounds; round += 1) {
        if (await replace(receiver, circuit, circuitAfterFailure(circuit, error, now), now)) return;
        circuit = await look(receiver, now);
      }
    },
  };
}
