// The face of this part for configuration: what people may decide about notifications, and what is wrong with a decision.

export { canaryReceiver } from './routing/canary-route.ts';
export { rolePatterns } from './routing/deploying-role.ts';
export type { GroupPolicy, QuietHours } from './routing/group-policy.ts';
export type { InhibitionSettings } from './routing/inhibit.ts';
export { labelNames, type LabelName } from './routing/labels.ts';
export { valueProblem, type Match } from './routing/match.ts';
export { defaultPolicy, mostThrottle, policyBounds, policyOf, policyProblem } from './routing/policy.ts';
export type { PolicySettings } from './routing/policy.ts';
export type { RouteSettings, RouteTree } from './routing/route.ts';
export type { SuppressionSettings } from './routing/suppress.ts';
export type { TrialSettings } from './routing/trial.ts';
export { receiverKinds, receiverProblem, type ReceiverSettings } from './receivers/receiver-table.ts';
