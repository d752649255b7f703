import type { Fields, LogRecord } from '../model/log-record.ts';
import type { Description } from './description.ts';
import { stateBefore, type InstanceStates } from './instance-state.ts';
import { accountOf, at, defined, textAt } from './read.ts';

/** isInstanceState tells EventBridge's instance state changes, whose whole envelope is the record. */
export function isInstanceState(fields: Fields): boolean {
  return textAt(fields, 'detail-type') === 'EC2 Instance State-change Notification';
}

/**
 * describeInstanceState describes an instance's change of state; EC2 doesn't say who caused it.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/monitoring-instance-state-changes.html
 */
export function describeInstanceState(record: LogRecord, known?: InstanceStates): Description {
  const { fields } = record;
  const detail = at(fields, 'detail');
  const state = textAt(detail, 'state') ?? 'unknown';
  const instance = textAt(detail, 'instance-id');
  const before = (instance === undefined ? undefined : known?.before(instance, record.time)) ?? stateBefore(state);
  return {
    category: { kind: 'instance-state', state, ...defined({ before }) },
    ...defined({
      account: accountOf(at(fields, 'account')) ?? accountOf(record.account),
      region: textAt(fields, 'region') ?? record.region,
    }),
    service: 'ec2',
    action: state,
    actor: { kind: 'service', name: 'ec2.amazonaws.com', chain: [] },
    sourceAddress: 'ec2.amazonaws.com',
    targets: instance === undefined ? [] : [{ kind: 'instance', id: instance }],
    outcome: { kind: 'success' },
  };
}
