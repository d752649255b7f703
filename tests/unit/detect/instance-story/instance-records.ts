import type { Fields, LogRecord } from '../../../../src/model/log-record.ts';

export const instance = 'i-0a4c1e77b2d905f36';
export const other = 'i-0c8f2b31e6a4790d1';

/** at is so many seconds after noon, as records write it. */
export function at(seconds: number): string {
  return new Date(Date.parse('2026-03-01T12:00:00.000Z') + seconds * 1000).toISOString();
}

/** changeRecord is EventBridge's word that an instance came into a state. */
export function changeRecord(state: string, seconds: number, id = `${state}-${seconds}`, of = instance): LogRecord {
  const time = at(seconds);
  return {
    id,
    time,
    source: { product: 'aws', services: ['ec2_state_change'] },
    fields: {
      id,
      'detail-type': 'EC2 Instance State-change Notification',
      source: 'aws.ec2',
      account: '111122223333',
      time,
      region: 'eu-west-1',
      resources: [`arn:aws:ec2:eu-west-1:111122223333:instance/${of}`],
      detail: { 'instance-id': of, state },
    },
    origin: { path: 'event-bus', index: 0 },
    account: '111122223333',
    region: 'eu-west-1',
  };
}

const answers: Readonly<Record<string, readonly [before: string, after: string]>> = {
  StartInstances: ['stopped', 'pending'],
  StopInstances: ['running', 'stopping'],
  TerminateInstances: ['running', 'shutting-down'],
};

/** callRecord is CloudTrail's record of a call by a person, for one instance or several. */
export function callRecord(eventName: string, seconds: number, fields: Fields = {}, of = [instance]): LogRecord {
  const who = typeof fields['who'] === 'string' ? fields['who'] : 'ana';
  const [before, after] = answers[eventName] ?? [];
  const id = typeof fields['eventID'] === 'string' ? fields['eventID'] : `${eventName}-${seconds}-${who}`;
  const state = (name: string | undefined, key: string): Fields => (name === undefined ? {} : { [key]: { name } });
  return {
    id,
    time: at(seconds),
    source: { product: 'aws', services: ['cloudtrail'] },
    fields: {
      eventVersion: '1.11',
      eventID: id,
      eventTime: at(seconds),
      eventSource: 'ec2.amazonaws.com',
      eventName,
      awsRegion: 'eu-west-1',
      sourceIPAddress: '203.0.113.10',
      userAgent: 'aws-cli/2.22.4',
      recipientAccountId: '111122223333',
      userIdentity: {
        type: 'IAMUser',
        arn: `arn:aws:iam::111122223333:user/${who}`,
        accountId: '111122223333',
        userName: who,
      },
      requestParameters: { instancesSet: { items: of.map((instanceId) => ({ instanceId })) } },
      responseElements: {
        instancesSet: {
          items: of.map((instanceId) => ({
            instanceId,
            ...state(after, 'currentState'),
            ...state(before, 'previousState'),
          })),
        },
      },
      ...fields,
    },
    origin: { path: 'trail.json', index: 0 },
  };
}

/** autoScaling is who calls when a group ends an instance by itself. */
export const autoScaling: Fields = {
  eventID: 'by-auto-scaling',
  sourceIPAddress: 'autoscaling.amazonaws.com',
  userAgent: 'autoscaling.amazonaws.com',
  userIdentity: {
    type: 'AssumedRole',
    arn: 'arn:aws:sts::111122223333:assumed-role/AWSServiceRoleForAutoScaling/AutoScaling',
    accountId: '111122223333',
    invokedBy: 'autoscaling.amazonaws.com',
    sessionContext: { sessionIssuer: { type: 'Role', userName: 'AWSServiceRoleForAutoScaling' } },
  },
};
