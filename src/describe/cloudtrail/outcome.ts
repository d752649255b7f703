import type { Outcome } from '../../model/audit-event.ts';
import type { Fields } from '../../model/log-record.ts';
import { defined, textAt } from '../read.ts';

/**
 * outcomeOf reads how a CloudTrail event ended. Sign-in events say so under their own name in `responseElements`
 * (`ConsoleLogin`, `CheckMfa`, `SwitchRole`, …) or, in IAM Identity Center, in `serviceEventDetails`, mostly without `errorCode`.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-aws-console-sign-in-events.html
 */
export function outcomeOf(fields: Fields): Outcome {
  const code = textAt(fields, 'errorCode');
  const message = textAt(fields, 'errorMessage');
  if (code !== undefined) return { kind: 'failure', code, ...defined({ message }) };
  const name = textAt(fields, 'eventName') ?? '';
  const answer = textAt(fields, 'responseElements', name) ?? textAt(fields, 'serviceEventDetails', name);
  if (answer?.toLowerCase() === 'failure') return { kind: 'failure', code: 'Failure', ...defined({ message }) };
  // CloudTrail writes a message only when something went wrong.
  return message === undefined ? { kind: 'success' } : { kind: 'failure', code: 'Failure', message };
}
