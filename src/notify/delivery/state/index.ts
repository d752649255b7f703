// The face of the state of delivery: what a store has to keep, and how. `src/aws/state-table` keeps it in DynamoDB.

export { closedCircuit, type CircuitStore } from './circuit-store.ts';
export type { DeadLetters } from './dead-letters.ts';
export type { DeliveryState } from './delivery-state.ts';
export type { FallbackStore } from './fallback-store.ts';
export { groupStoreTimes, initialGroupState } from './group-store.ts';
export type { FindingGroup, Generation, GroupState, GroupStore, GroupStoreTimes } from './group-store.ts';
export type { InhibitionStore } from './inhibition-store.ts';
export { createMemberRoll, type GroupMember } from './member-roll.ts';
export type { Due, OutboxStore } from './outbox-store.ts';
export { seenStoreTimes } from './seen-store.ts';
export type { Claim, DeliveryKey, Lease, SeenStore, SeenStoreTimes } from './seen-store.ts';
export { largestFirst, type Tally, type TallyKind, type TallyStore } from './tally-store.ts';
export type { ThrottleStore } from './throttle-store.ts';
