// The face of this part: what the rest of Trailwatch may use of it. `settings.ts` is its face for configuration,
// `delivery/state/index.ts` its face for what keeps the state of delivery.

// Routing: which receivers a finding goes to, and why.
export { createDecider, mutedBy, type Decider, type Decision, type DeliverySettings } from './routing/decide.ts';
export type { InhibitionStep } from './routing/inhibit.ts';
export { labelsOf, type Labels } from './routing/labels.ts';
export { conditionText } from './routing/match.ts';
export { programPolicy } from './routing/policy.ts';
export { quietUntil } from './routing/quiet-hours.ts';
export type { Addressee, RouteStep } from './routing/route.ts';
export type { SuppressionStep } from './routing/suppress.ts';
export type { TrialStep } from './routing/trial.ts';

// Messages: what a finding says to a person.
export { accountOf, messageOf } from './message/message.ts';
export type { EventLine, Message, MessageContext } from './message/message.ts';
export type { NotificationGroup } from './message/notification.ts';
export { headlineOf } from './render/headline.ts';
export { headLines, renderText, rowLines, type Paint } from './render/text.ts';
export { accountWords, causeWords, outcomeWords, timeWords, whatWords, whoWords, whyWords } from './render/words.ts';

// Receivers: where notifications go.
export { createCanary } from './receivers/canary.ts';
export { secretNeeds, type ReceiverTools, type SecretSource } from './receivers/receiver-kind.ts';
export { createReceivers, receiverNeeds, receiversOf } from './receivers/receiver-table.ts';
export { DeliveryError, type Receiver } from './receivers/receiver.ts';
export { parseSecretName, secretNameWanted, type SecretName } from './receivers/secret-name.ts';

// Delivery: accepts findings, and notifies receivers of them.
export { dedupeKeyOf } from './delivery/dedupe-key.ts';
export { createDispatch } from './delivery/dispatch.ts';
export { createPipeline, sooner } from './delivery/pipeline.ts';
export type { AcceptOutcome, Deadline, DeliveryOutcome, Pipeline } from './delivery/pipeline.ts';
export { createStageFallback } from './delivery/stage-fallback.ts';
export { createTallyBuffer, type TallyBuffer } from './delivery/tally-buffer.ts';

// Simulation: what a stage would do about findings.
export { simulateDelivery, type SimulatedFact } from './simulation/simulate-delivery.ts';
