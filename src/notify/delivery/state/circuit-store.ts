/** Circuit is the health of a receiver: after some failures in a row it is open, and the receiver is not called for a while. */
export interface Circuit {
  /** Failures in a row. */
  readonly failures: number;
  /** Milliseconds since 1970: no calls before. 0 for a circuit that was never open. */
  readonly openUntilMs: number;
  /** Counts the writes, so that none is lost. */
  readonly version: number;
}

export const closedCircuit: Circuit = { failures: 0, openUntilMs: 0, version: 0 };

/** CircuitStore shares the receivers' circuits between all copies of the functions. */
export interface CircuitStore {
  readonly read: (receiver: string) => Promise<Circuit>;
  /** replace writes a circuit unless it was written since it was read; then it returns false. */
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
