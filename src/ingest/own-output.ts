/**
 * Trailwatch's own output. Reading it would produce more of it: each finding on the bus another finding, each logged line another
 * invocation that logs. Packaging refuses these places as sources; content that arrives anyway is skipped and counted.
 */

/** isOwnLogGroup covers the functions of every stage: two stages that read each other's logs would loop as well. */
export function isOwnLogGroup(name: string): boolean {
  return name.startsWith('/aws/lambda/trailwatch-');
}

/** isOwnEvent recognises findings on the bus, and the alarms of Trailwatch's own stacks, which notify their own topic. */
export function isOwnEvent(event: Readonly<Record<string, unknown>>): boolean {
  if (event['source'] === 'trailwatch') return event['detail-type'] === 'Trailwatch Finding';
  if (event['detail-type'] !== 'CloudWatch Alarm State Change') return false;
  const detail = event['detail'] as { readonly alarmName?: unknown } | null;
  return typeof detail?.alarmName === 'string' && detail.alarmName.startsWith('trailwatch-');
}

/**
 * isCanary recognises the event that Trailwatch sends to itself to measure its way. It notifies nobody: its finding goes to the
 * receiver that times it, and so does the finding of a forged one.
 */
export function isCanary(event: Readonly<Record<string, unknown>>): boolean {
  return event['source'] === 'trailwatch.canary' && event['detail-type'] === 'Trailwatch Canary';
}

/** isOwnBucket recognises the buckets of a stage's stack: CloudFormation names them after it. */
export function isOwnBucket(name: string, stage: string): boolean {
  return name.startsWith(`trailwatch-${stage}-`);
}
