import type { DeliveryState } from '../../notify/delivery/state/index.ts';
import { createDynamoCircuits } from './circuit-store.ts';
import { createDynamoFallbacks } from './fallback-store.ts';
import { createDynamoGroupStore } from './group-store.ts';
import { createDynamoInhibitions } from './inhibition-store.ts';
import { createDynamoOutbox } from './outbox-store.ts';
import { createDynamoSeenStore } from './seen-store.ts';
import { createDynamoThrottle } from './throttle-store.ts';
import type { StateTable } from './table.ts';

export interface DynamoDeliveryStateOptions extends StateTable {
  readonly newToken: () => string;
  readonly now: () => Date;
}

/** createDynamoDeliveryState keeps all that delivery remembers in the stage's table, each part in partitions of its own. */
export function createDynamoDeliveryState(options: DynamoDeliveryStateOptions): DeliveryState {
  return {
    seen: createDynamoSeenStore(options),
    groups: createDynamoGroupStore(options),
    outbox: createDynamoOutbox(options),
    throttle: createDynamoThrottle(options),
    circuits: createDynamoCircuits(options),
    inhibitions: createDynamoInhibitions(options),
    fallbacks: createDynamoFallbacks(options),
  };
}
