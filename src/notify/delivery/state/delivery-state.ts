import { createMemoryCircuits, type CircuitStore } from './circuit-store.ts';
import { createMemoryFallbacks, type FallbackStore } from './fallback-store.ts';
import { createMemoryGroupStore, type GroupStore } from './group-store.ts';
import { createMemoryInhibitions, type InhibitionStore } from './inhibition-store.ts';
import { createMemoryOutbox, type MemoryOutbox, type OutboxStore } from './outbox-store.ts';
import { createMemorySeenStore, type SeenStore } from './seen-store.ts';
import { createMemoryThrottle, type ThrottleStore } from './throttle-store.ts';

/** DeliveryState is everything that delivery remembers. Each store stands alone: no step needs two of them to change as one. */
export interface DeliveryState {
  readonly seen: SeenStore;
  readonly groups: GroupStore;
  readonly outbox: OutboxStore;
  readonly throttle: ThrottleStore;
  readonly circuits: CircuitStore;
  readonly inhibitions: InhibitionStore;
  readonly fallbacks: FallbackStore;
}

/** createMemoryDeliveryState keeps the state within one process: for a laptop and for tests. */
export function createMemoryDeliveryState(): DeliveryState & { readonly outbox: MemoryOutbox } {
  return {
    seen: createMemorySeenStore(),
    groups: createMemoryGroupStore(),
    outbox: createMemoryOutbox(),
    throttle: createMemoryThrottle(),
    circuits: createMemoryCircuits(),
    inhibitions: createMemoryInhibitions(),
    fallbacks: createMemoryFallbacks(),
  };
}
