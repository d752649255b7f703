/**
 * What Trailwatch writes itself. Reading it would bring forth more of it: each finding on the bus another finding, each line
 * that a function logs another invocation that logs. Packaging refuses these places (deploy/parameters/contradictions.ts); what comes
 * all the same is skipped and counted.
 */

/** isOwnLogGroup covers the functions of every stage, since two stages that read each other's logs go round as well. */
export function isOwnLogGroup(name: string): boolean {
  return name.startsWith('/aws/lambda/trailwatch-');
}

/** isOwnEvent tells the findings on the bus, and the alarms of Trailwatch's own stacks, which have their topic already. */
export function isOwnEvent(event: Readonly<Record<string, unknown>>): boolean {
  if (event['source'] === 'trailwatch') return event['detail-type'] === 'Trailwatch Finding';
  if (event['detail-type'] !== 'CloudWatch Alarm State Change') return false;
  const detail = event['detail'] as { readonly alarmName?: unknown } | null;
  return typeof detail?.alarmName === 'string' && detail.alarmName.startsWith('trailwatch-');
}

/**
 * isCanary tells the event that Trailwatch sends itself to see whether it arrives. It brings forth nothing: its finding goes to the
 * receiver that times it, and whoever makes one that looks alike learns no more than that.
 */
export function isCanary(event: Readonly<Record<string, unknown>>): boolean {
  return event['source'] === 'trailwatch.canary' && event['detail-type'] === 'Trailwatch Canary';
}

/** isOwnBucket covers what a stage's stack makes: CloudFormation names buckets after it. */
export function isOwnBucket(name: string, stage: string): boolean {
  return name.startsWith(`trailwatch-${stage}-`);
}
