import type { Stage } from '../stage.ts';
import type { Pattern, Rule } from './row.ts';

// The events that the function event-bus reads, a row each: from the default bus, and from each bus that `eventBuses` names. AWS
// alone can put an event there whose source begins with `aws.`.
interface EventRow {
  readonly name: string;
  readonly description: string;
  readonly exists?: (stage: EventStage) => boolean;
  readonly state?: (stage: EventStage) => NonNullable<Pattern['state']>;
  readonly pattern: (stage: EventStage) => Pattern['pattern'];
}

/** EventStage is as much of a stage as decides on the events. */
export type EventStage = Pick<Stage, 'service'> & {
  readonly params: Pick<Stage['params'], 'eventBuses' | 'readOnlyEvents' | 'trailBucket'>;
};

const rows: Readonly<Record<string, EventRow>> = {
  CloudTrailRule: {
    name: 'cloudtrail',
    description: 'API calls, sign-ins, service events and insights, as CloudTrail publishes them',
    // A rule that is just ENABLED gets no read-only management events.
    // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html
    state: ({ params }) => (params.readOnlyEvents ? 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS' : 'ENABLED'),
    pattern: () => ({
      source: [{ prefix: 'aws.' }],
      'detail-type': [
        'AWS API Call via CloudTrail',
        'AWS Console Sign In via CloudTrail',
        'AWS Service Event via CloudTrail',
        'AWS Insight via CloudTrail',
      ],
    }),
  },
  InstanceStateRule: {
    name: 'instance-state',
    description: 'EC2 instances that start, stop or terminate',
    pattern: () => ({ source: ['aws.ec2'], 'detail-type': ['EC2 Instance State-change Notification'] }),
  },
  AlarmStateRule: {
    name: 'alarm-state',
    description: 'State changes of CloudWatch alarms, except those of Trailwatch, which have a topic of their own',
    pattern: ({ service }) => ({
      source: ['aws.cloudwatch'],
      'detail-type': ['CloudWatch Alarm State Change'],
      detail: { alarmName: [{ 'anything-but': { prefix: `${service}-` } }] },
    }),
  },
  BuildStateRule: {
    name: 'build-state',
    description: 'CodeBuild builds that do not succeed',
    pattern: () => ({
      source: ['aws.codebuild'],
      'detail-type': ['CodeBuild Build State Change'],
      detail: { 'build-status': ['FAILED', 'FAULT', 'TIMED_OUT', 'STOPPED'] },
    }),
  },
  ThreatFindingRule: {
    name: 'threat-finding',
    description: 'Findings of GuardDuty',
    pattern: () => ({ source: ['aws.guardduty'], 'detail-type': ['GuardDuty Finding'] }),
  },
  PostureFindingRule: {
    name: 'posture-finding',
    description: 'New, active findings of Security Hub',
    pattern: () => ({
      source: ['aws.securityhub'],
      'detail-type': ['Security Hub Findings - Imported'],
      detail: { findings: { RecordState: ['ACTIVE'], Workflow: { Status: ['NEW'] } } },
    }),
  },
  HealthRule: {
    name: 'health',
    description: 'Events of AWS Health about this account',
    pattern: () => ({ source: ['aws.health'], 'detail-type': ['AWS Health Event', 'AWS Health Abuse Event'] }),
  },
  TrailDeletionRule: {
    name: 'trail-deletion',
    description: "Objects that are deleted from the trail's bucket",
    exists: ({ params }) => params.trailBucket !== undefined,
    pattern: ({ params }) => ({
      source: ['aws.s3'],
      'detail-type': ['Object Deleted'],
      detail: { bucket: { name: [params.trailBucket] } },
    }),
  },
};

/** eventRules gives the rules of the default bus, and the same rules for each further bus. */
export function eventRules(stage: EventStage): readonly Rule[] {
  const existing = Object.entries(rows).filter(([, { exists }]) => exists?.(stage) ?? true);
  return [undefined, ...stage.params.eventBuses].flatMap((bus, index) =>
    existing.map(([id, { name, description, state, pattern }]): Rule => ({
      id: bus === undefined ? id : `${id}OfBus${index + 1}`,
      // A rule's name is unique on its bus alone, but a permission to call a function names rules without their bus.
      name: bus === undefined ? name : `${name}-${index + 1}`,
      description,
      when: { pattern: pattern(stage), state: state?.(stage) ?? 'ENABLED', ...(bus !== undefined && { bus }) },
    })),
  );
}

/** canaryRule catches the event by which Trailwatch checks that events arrive. */
export function canaryRule({ name: stage }: Stage): Rule {
  return {
    id: 'CanaryRule',
    name: 'canary',
    description: 'Canary events, by which Trailwatch checks that events arrive',
    when: {
      pattern: {
        source: ['trailwatch.canary'],
        'detail-type': ['Trailwatch Canary'],
        // Another account that may put events on this bus could send a canary as well.
        account: [{ Ref: 'AWS::AccountId' }],
        detail: { stage: [stage] },
      },
    },
  };
}
