import type { DeliveryState } from '../notify/delivery-state.ts';
import { createDynamoCircuits } from './dynamodb-circuit-store.ts';
import { createDynamoFallbacks } from './dynamodb-fallback-store.ts';
import { createDynamoGroupStore } from './dynamodb-group-store.ts';
import { createDynamoInhibitions } from './dynamodb-inhibition-store.ts';
import { createDynamoOutbox } from './dynamodb-outbox-store.ts';
import { createDynamoSeenStore } from './dynamodb-seen-store.ts';
import { createDynamoThrottle } from './dynamodb-throttle-store.ts';
import type { StateTable } from './state-table.ts';

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
