/** Circuit is what is known of a receiver's health: after some failures in a row it is open, and nobody asks it for a while. */
export interface Circuit {
  /** Failures in a row. */
  readonly failures: number;
  /** Milliseconds since 1970: not to be asked before. 0 when it never failed enough. */
  readonly openUntilMs: number;
  /** Counts the writes, so that none is lost. */
  readonly version: number;
}

export const closedCircuit: Circuit = { failures: 0, openUntilMs: 0, version: 0 };

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
