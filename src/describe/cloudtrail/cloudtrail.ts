import type { LogRecord } from '../../model/log-record.ts';
import { actorOf } from './actor.ts';
import { categoryOf } from './category.ts';
import { outcomeOf } from './outcome.ts';
import type { Description } from '../description.ts';
import { actorOfInsight, insightAction, isInsight } from './insight.ts';
import { accountOf, at, defined, textAt } from '../read.ts';
import { serviceOf } from '../service.ts';
import { targetsOf } from './target.ts';

/**
 * describeCloudTrail describes one CloudTrail record of any version and event category.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 */
export function describeCloudTrail(record: LogRecord): Description {
  const { fields } = record;
  const insight = isInsight(fields);
  // In an event of two accounts the recipient is whose trail it is in; the actor keeps its own account.
  const account =
    accountOf(at(fields, 'recipientAccountId')) ??
    accountOf(record.account) ??
    accountOf(at(fields, 'userIdentity', 'accountId'));
  return {
    category: categoryOf(fields),
    ...defined({ account, region: textAt(fields, 'awsRegion') ?? record.region }),
    service: serviceOf(textAt(fields, 'eventSource') ?? textAt(fields, 'insightDetails', 'eventSource')) ?? 'unknown',
    action: (insight ? insightAction(fields) : undefined) ?? textAt(fields, 'eventName') ?? 'unknown',
    actor: (insight ? actorOfInsight(fields) : undefined) ?? actorOf(fields),
    ...defined({ sourceAddress: textAt(fields, 'sourceIPAddress'), userAgent: textAt(fields, 'userAgent') }),
    targets: targetsOf(fields, account),
    outcome: outcomeOf(fields),
  };
}
