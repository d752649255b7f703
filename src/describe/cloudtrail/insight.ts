import type { Actor } from '../../model/audit-event.ts';
import type { Fields } from '../../model/log-record.ts';
import { actorOfArn } from './actor.ts';
import { at, listOf, textAt } from '../read.ts';

/**
 * isInsight recognises CloudTrail's Insights events.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-insights-fields.html
 */
export function isInsight(fields: Fields): boolean {
  return (
    textAt(fields, 'eventCategory')?.toLowerCase() === 'insight' ||
    textAt(fields, 'eventType') === 'AwsCloudTrailInsight' ||
    at(fields, 'insightDetails') !== undefined
  );
}

/** insightAction names the insight and what it is about: `ApiErrorRateInsight start: DeleteBucket NoSuchBucket`. */
export function insightAction(fields: Fields): string | undefined {
  const details = at(fields, 'insightDetails');
  const kind = textAt(details, 'insightType');
  if (kind === undefined) return undefined;
  const state = textAt(details, 'state')?.toLowerCase();
  const about = [textAt(details, 'eventName'), textAt(details, 'errorCode')].filter((part) => part !== undefined);
  return [kind, ...(state === undefined ? [] : [state])].join(' ') + (about.length > 0 ? `: ${about.join(' ')}` : '');
}

/** actorOfInsight is the identity with most calls in the unusual time; an insight has no `userIdentity` of its own. */
export function actorOfInsight(fields: Fields): Actor | undefined {
  const attributions = listOf(at(fields, 'insightDetails', 'insightContext', 'attributions'));
  const identities = attributions.find((one) => textAt(one, 'attribute') === 'userIdentityArn');
  const average = (one: unknown) => Number(textAt(one, 'average') ?? 0);
  const [first] = listOf(at(identities, 'insight')).toSorted((a, b) => average(b) - average(a));
  const arn = textAt(first, 'value');
  return arn === undefined ? undefined : actorOfArn(arn);
}
