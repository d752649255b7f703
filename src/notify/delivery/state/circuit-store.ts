import { closedCircuit, type Circuit } from '../circuit.ts';

/** CircuitStore shares between all copies of the functions which receivers are not worth asking. */
export interface CircuitStore {
  readonly read: (receiver: string) => Promise<Circuit>;
  /** replace writes a circuit unless somebody has written it since it was read; false then. */
  readonly replace: (receiver: string, before: Circuit, after: Omit<Circuit, 'version'>) => Promise<boolean>;
}

/** createMemoryCircuits keeps circuits within one process: for a laptop and for tests. */
export function createMemoryCircuits(): CircuitStore {
  const circuits = new Map<string, Circuit>();
  return {
    read: async (receiver) => circuits.get(receiver) ?? closedCircuit,
    replace: async (receiver, { version }, after) => {
      if ((circuits.get(receiver) ?? closedCircuit).version !== version) return false;
      circuits.set(receiver, { ...after, version: version + 1 });
      return true;
    },
  };
}
