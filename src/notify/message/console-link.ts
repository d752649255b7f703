import type { AuditEvent } from '../../model/audit-event.ts';

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const region = /^[a-z]{2,}(?:-[a-z]+)+-\d{1,2}$/;

// Partitions whose console lives elsewhere, by how their regions begin.
const consoleDomains: readonly (readonly [prefix: string, domain: string])[] = [
  ['cn-', 'amazonaws.cn'],
  ['us-gov-', 'amazonaws-us-gov.com'],
  ['eusc-', 'amazonaws-eusc.eu'],
];

/**
 * consoleLinkOf is the address of an event in CloudTrail's event history; undefined when the history cannot hold it: it keeps
 * management events only, for 90 days, by region. Where a call caused the event, the address is the call's.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/view-cloudtrail-events.html
 */
export function consoleLinkOf(event: AuditEvent): string | undefined {
  const id = event.category.kind === 'management' ? event.id : event.cause?.eventId;
  if (id === undefined || !uuid.test(id)) return undefined;
  // Both parts are checked instead of escaped: anything else does not belong there.
  if (event.region === undefined || !region.test(event.region)) return undefined;
  const domain = consoleDomains.find(([prefix]) => event.region?.startsWith(prefix))?.[1] ?? 'aws.amazon.com';
  return `https://${event.region}.console.${domain}/cloudtrailv2/home?region=${event.region}#/events?EventId=${id}`;
}
