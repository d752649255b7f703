import type { Fields, LogRecord } from '../../model/log-record.ts';
import type { Description } from '../description.ts';
import { stateBefore } from './state.ts';
import { accountOf, at, defined, textAt } from '../read.ts';

/** isInstanceState recognises EventBridge's instance state changes, whose whole envelope is the record. */
export function isInstanceState(fields: Fields): boolean {
  return textAt(fields, 'detail-type') === 'EC2 Instance State-change Notification';
}

/**
 * describeInstanceState describes an instance's change of state. EC2 doesn't say who caused it: that is in the call, which
 * `detect/instance-story.ts` looks for.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/monitoring-instance-state-changes.html
 */
export function describeInstanceState(record: LogRecord): Description {
  const { fields } = record;
  const detail = at(fields, 'detail');
  const state = textAt(detail, 'state') ?? 'unknown';
  const instance = textAt(detail, 'instance-id');
  return {
    category: { kind: 'instance-state', state, ...defined({ before: stateBefore(state) }) },
    ...defined({
      account: accountOf(at(fields, 'account')) ?? accountOf(record.account),
      region: textAt(fields, 'region') ?? record.region,
    }),
    service: 'ec2',
    action: state,
    actor: { kind: 'unknown', name: 'unknown', chain: [] },
    targets: instance === undefined ? [] : [{ kind: 'instance', id: instance }],
    outcome: { kind: 'success' },
  };
}
