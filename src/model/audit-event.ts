import type { Fields, RecordOrigin, RecordSource } from './log-record.ts';

/**
 * Category says what kind of thing happened.
 * CloudTrail's: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-concepts.html
 */
export type Category =
  | {
      readonly kind: 'management' | 'data' | 'insight' | 'network-activity';
      readonly access: 'read' | 'write';
      readonly via: 'api-call' | 'sign-in' | 'service-event' | 'insight';
    }
  | { readonly kind: 'authentication'; readonly result: 'success' | 'failure' | 'session' | 'privilege-use' }
  | { readonly kind: 'instance-state'; readonly state: string; readonly before?: string }
  | { readonly kind: 'other' };

/** Actor is who did it. */
export interface Actor {
  readonly kind: 'root' | 'iam-user' | 'role' | 'federated' | 'service' | 'host-user' | 'anonymous' | 'unknown';
  /** What a person calls the actor: `alice`, `root`, `ci-deploy/session-42`, `ec2.amazonaws.com`. */
  readonly name: string;
  readonly arn?: string;
  readonly account?: string;
  readonly accessKeyId?: string;
  /** From the acting session back to the identity that issued it: `session`, `role/ci-deploy`, … Empty when direct. */
  readonly chain: readonly string[];
  /** Whether the session used multi-factor authentication; absent when the event doesn't say. */
  readonly mfa?: boolean;
}

/** Target is what it was done to: a resource, an account, a host. */
export interface Target {
  /** `user`, `bucket`, `instance`, `host`, … */
  readonly kind: string;
  readonly id: string;
}

export type Outcome =
  { readonly kind: 'success' } | { readonly kind: 'failure'; readonly code: string; readonly message?: string };

/** Cause is the call that brought an event about, where the event itself can't say who did: known by another record. */
export interface Cause {
  /** Of the call's own record. */
  readonly eventId: string;
  /** ISO 8601, UTC. */
  readonly time: string;
  /** `ec2`, `autoscaling` */
  readonly service: string;
  /** `StopInstances`, `TerminateInstances`, … */
  readonly action: string;
  /** Whether it was made in the console, by the API (also CLI and SDKs), or by an AWS service. */
  readonly via: 'console' | 'api' | 'service';
}

/** SummaryPart is a heading and its lines, as a person reads them. */
export interface SummaryPart {
  readonly title: string;
  readonly lines: readonly string[];
}

/** AuditEvent is a described record: who did what to what, from where, when, and how it ended. */
export interface AuditEvent {
  readonly id: string;
  /** ISO 8601, UTC, with milliseconds. */
  readonly time: string;
  readonly source: RecordSource;
  readonly category: Category;
  /** The AWS account the event belongs to, 12 digits. */
  readonly account?: string;
  readonly region?: string;
  /** `iam`, `s3`, `ec2`, `sshd`, `sudo`, … */
  readonly service: string;
  /** `CreateAccessKey`, `ConsoleLogin`, `login failed`, `stopped`, … */
  readonly action: string;
  readonly actor: Actor;
  /** An IP address, a host name, or an AWS service's name. */
  readonly sourceAddress?: string;
  readonly userAgent?: string;
  readonly targets: readonly Target[];
  readonly outcome: Outcome;
  /** How actor and source address are known when they come from another record. */
  readonly cause?: Cause;
  /** What an event of Trailwatch's own reports, such as the daily digest: it is nobody's action. */
  readonly summary?: readonly SummaryPart[];
  readonly origin: RecordOrigin;
  readonly raw: Fields;
}
