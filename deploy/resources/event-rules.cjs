// The events that the event-bus function reads, a row each: from the default bus, and from further ones that are named.
// What AWS itself publishes is told by a source that begins with `aws.`, which nobody else can give an event.
const { choice, listOf } = require('./names.cjs');
const { refuseOwn } = require('../own.cjs');

const parameters = ['readOnlyEvents', 'trailBucket', 'eventBuses'];

const rows = {
  CloudTrailRule: {
    name: 'cloudtrail',
    description: 'Calls, sign-ins, service events and insights, as CloudTrail sees them',
    // A rule that is just ENABLED gets no read-only management events.
    // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html
    state: ({ readOnlyEvents }) =>
      choice('readOnlyEvents', readOnlyEvents, ['true', 'false']) === 'true'
        ? 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS'
        : 'ENABLED',
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
    description: 'Instances that start, stop and terminate',
    pattern: () => ({ source: ['aws.ec2'], 'detail-type': ['EC2 Instance State-change Notification'] }),
  },
  AlarmStateRule: {
    name: 'alarm-state',
    description: 'CloudWatch alarms that change their state, but for those of Trailwatch, which have their own topic',
    pattern: (_params, { service }) => ({
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
    description: "GuardDuty's findings",
    pattern: () => ({ source: ['aws.guardduty'], 'detail-type': ['GuardDuty Finding'] }),
  },
  PostureFindingRule: {
    name: 'posture-finding',
    description: "Security Hub's findings that nobody has taken up",
    pattern: () => ({
      source: ['aws.securityhub'],
      'detail-type': ['Security Hub Findings - Imported'],
      detail: { findings: { RecordState: ['ACTIVE'], Workflow: { Status: ['NEW'] } } },
    }),
  },
  HealthRule: {
    name: 'health',
    description: 'What AWS Health tells about this account',
    pattern: () => ({ source: ['aws.health'], 'detail-type': ['AWS Health Event', 'AWS Health Abuse Event'] }),
  },
  TrailDeletionRule: {
    name: 'trail-deletion',
    description: "Objects that disappear from the trail's bucket",
    exists: ({ trailBucket }) => trailBucket !== '',
    pattern: ({ trailBucket }) => ({
      source: ['aws.s3'],
      'detail-type': ['Object Deleted'],
      detail: { bucket: { name: [trailBucket] } },
    }),
  },
};

exports.eventRuleParameters = parameters;

/** eventRules gives every rule that the stage has: its logical id and its properties but the targets. */
exports.eventRules = function eventRules({ service, prefix, params }) {
  const existing = Object.entries(rows).filter(([, { exists = () => true }]) => exists(params));
  const further = listOf(params.eventBuses).map((bus) => refuseOwn('eventBuses', bus, { service, prefix }));
  return ['default', ...further].flatMap((bus, index) =>
    existing.map(([id, { name, description, state, pattern }]) => ({
      id: index === 0 ? id : `${id}OfBus${index + 1}`,
      properties: {
        // A rule's name is its own on its bus alone, but a permission to be called tells rules apart by it.
        Name: index === 0 ? `${prefix}-${name}` : `${prefix}-${name}-${index + 1}`,
        Description: description,
        ...(index > 0 && { EventBusName: bus }),
        State: state === undefined ? 'ENABLED' : state(params),
        EventPattern: pattern(params, { service }),
      },
    })),
  );
};
