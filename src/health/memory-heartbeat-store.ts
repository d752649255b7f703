import { beat, type Heartbeat, type HeartbeatStore } from './heartbeat.ts';
import { sourceKey } from './source.ts';

/** createMemoryHeartbeatStore remembers within one process. */
export function createMemoryHeartbeatStore(): HeartbeatStore {
  const known = new Map<string, Heartbeat>();
  return {
    async note(source, at) {
      const next = beat(known.get(sourceKey(source)), source, at.getTime());
      if (next !== undefined) known.set(sourceKey(source), next);
    },
    all: async () => [...known.values()],
    async markNotified({ last, source }) {
      const now = known.get(sourceKey(source));
      if (now?.last === last) known.set(sourceKey(source), { ...now, notified: last });
    },
  };
}
