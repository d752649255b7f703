/** Account reads an AWS account for the doctor, an AWS call a method. No method changes anything. */
export interface Account {
  readonly region: string;
  identity(): Promise<Identity>;
  /** Milliseconds that the local clock is ahead of AWS's; undefined before the first answer. */
  clockAhead(): number | undefined;
  stack(name: string): Promise<Stack | undefined>;
  stackResources(name: string): Promise<readonly StackResource[]>;
  /** The properties of each resource as they were deployed, by logical id. */
  stackTemplate(name: string): Promise<Template>;
  trails(): Promise<readonly Trail[]>;
  trailStatus(arn: string): Promise<TrailStatus>;
  /** Whether the trail records management events of both kinds. */
  trailSelects(arn: string): Promise<ManagementEvents>;
  bucketPolicy(bucket: string): Promise<string | undefined>;
  bucketNotifiesEventBridge(bucket: string): Promise<boolean>;
  bucketExposure(bucket: string): Promise<BucketExposure>;
  logGroup(name: string): Promise<boolean>;
  subscriptionFilters(logGroup: string): Promise<readonly SubscriptionFilter[]>;
  eventRule(name: string, bus?: string): Promise<'ENABLED' | 'DISABLED' | undefined>;
  eventRuleNames(bus?: string): Promise<readonly string[]>;
  /** Names of rules in another region that send to the default bus here. */
  forwardingRules(fromRegion: string, busArn: string): Promise<readonly string[]>;
  /** Sums of a metric over the last hours, by the value of its dimension. */
  metricSums(metric: Metric, values: readonly string[], from: Date, to: Date): Promise<ReadonlyMap<string, number>>;
  subscriptions(topicArn: string): Promise<readonly TopicSubscription[]>;
  /** The type of an SSM parameter; undefined when there is none. Never its value. */
  parameterType(name: string): Promise<string | undefined>;
  /** Whether a secret exists in Secrets Manager. Never its value. */
  secretExists(id: string): Promise<boolean>;
  queueDepth(url: string): Promise<QueueDepth | undefined>;
  alarms(names: readonly string[]): Promise<readonly Alarm[]>;
  lambdaConcurrency(): Promise<LambdaConcurrency>;
  lambdaFunction(name: string): Promise<LambdaFunction | undefined>;
  /** The reserved concurrency of a function; undefined when it has none. */
  reservedConcurrency(name: string): Promise<number | undefined>;
  eventSources(functionName: string): Promise<readonly EventSource[]>;
  quota(service: string, code: string): Promise<number | undefined>;
  workGroup(name: string): Promise<'ENABLED' | 'DISABLED' | undefined>;
  tables(database: string): Promise<readonly string[] | undefined>;
  stateTable(name: string): Promise<StateTable | undefined>;
}

export interface Identity {
  readonly account: string;
  readonly arn: string;
}

export interface Stack {
  readonly name: string;
  readonly id: string;
  readonly status: string;
  readonly statusReason?: string | undefined;
  readonly changed?: Date | undefined;
  /** CloudFormation's own: IN_SYNC, DRIFTED, NOT_CHECKED, UNKNOWN. */
  readonly drift: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, string>>;
}

export interface StackResource {
  readonly logicalId: string;
  readonly physicalId: string;
  readonly type: string;
  readonly status: string;
}

export type Template = Readonly<
  Record<string, { readonly Type: string; readonly Properties?: Readonly<Record<string, unknown>> }>
>;

export interface Trail {
  readonly name: string;
  readonly arn: string;
  readonly homeRegion: string;
  readonly bucket: string;
  readonly validated: boolean;
  readonly multiRegion: boolean;
  readonly globalEvents: boolean;
  readonly organization: boolean;
}

export interface TrailStatus {
  readonly logging: boolean;
  readonly lastDelivery?: Date | undefined;
  readonly deliveryError?: string | undefined;
  readonly digestError?: string | undefined;
}

export interface ManagementEvents {
  readonly reads: boolean;
  readonly writes: boolean;
}

export interface BucketExposure {
  /** Whether its policy lets anybody in. */
  readonly publicPolicy: boolean;
  /** Whether all four switches of Block Public Access are on for the bucket. */
  readonly blocked: boolean;
}

export interface SubscriptionFilter {
  readonly name: string;
  readonly destination: string;
}

export interface Metric {
  readonly namespace: string;
  readonly name: string;
  readonly dimension: string;
}

export interface TopicSubscription {
  readonly protocol: string;
  readonly endpoint: string;
  readonly confirmed: boolean;
}

export interface QueueDepth {
  readonly waiting: number;
  readonly underWay: number;
}

export interface Alarm {
  readonly name: string;
  readonly state: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';
  readonly reason: string;
  readonly actionsEnabled: boolean;
}

export interface LambdaConcurrency {
  readonly limit: number;
  readonly unreserved: number;
}

export interface LambdaFunction {
  /** Active, Inactive, Pending, Failed. */
  readonly state: string;
  readonly reason?: string | undefined;
}

export interface EventSource {
  /** By which Lambda knows it. */
  readonly id: string;
  readonly source: string;
  /** Enabled, Disabled, and what lies between. */
  readonly state: string;
}

export interface StateTable {
  readonly status: string;
  /** Whether items expire by themselves. */
  readonly expires: boolean;
}

/** NotAllowedError says which permission is missing to look: nothing is known then of what was looked for. */
export class NotAllowedError extends Error {
  override readonly name = 'NotAllowedError';
  /** As IAM writes it: `cloudtrail:GetTrailStatus`. */
  readonly permission: string;

  constructor(permission: string, cause: unknown) {
    super(`not allowed: ${permission}`, { cause });
    this.permission = permission;
  }
}
