import { factsRead, inOrder, type InstanceFact, type InstanceLog } from './instance-log.ts';

export interface MemoryInstanceLimits {
  /** Facts kept of one instance: the latest ones. */
  readonly perInstance: number;
  /** Instances kept: those last heard of. */
  readonly instances: number;
}

/** The default limits hold a fleet's year in some hundred megabytes at most. */
const memoryInstanceLimits: MemoryInstanceLimits = { perInstance: 1_000, instances: 50_000 };

/** createMemoryInstanceLog remembers within one process, and forgets the oldest first. */
export function createMemoryInstanceLog({ perInstance, instances } = memoryInstanceLimits): InstanceLog {
  // A Map keeps the order of insertion, so its first instance is the one that was heard of least lately.
  const byInstance = new Map<string, Map<string, InstanceFact>>();
  return {
    add: async (fact) => {
      const facts = byInstance.get(fact.instance) ?? new Map<string, InstanceFact>();
      byInstance.delete(fact.instance);
      byInstance.set(fact.instance, facts);
      const key = JSON.stringify([fact.kind, fact.eventId]);
      if (!facts.has(key)) facts.set(key, fact);
      if (facts.size > perInstance) forget(facts);
      const [quietest] = byInstance.keys();
      if (byInstance.size > instances && quietest !== undefined) byInstance.delete(quietest);
    },
    read: async (instance, until) =>
      inOrder([...(byInstance.get(instance)?.values() ?? [])].filter(({ time }) => Date.parse(time) <= until)).slice(
        -factsRead,
      ),
  };
}

/** Forgets the earliest tenth, so that keeping within the limit costs little a fact. */
function forget(facts: Map<string, InstanceFact>): void {
  for (const fact of inOrder([...facts.values()]).slice(0, Math.ceil(facts.size / 10))) {
    facts.delete(JSON.stringify([fact.kind, fact.eventId]));
  }
}
