import { isDeepStrictEqual } from 'node:util';
import type { AuditEvent } from '../../model/audit-event.ts';
import type { Finding } from '../../model/finding.ts';

/**
 * lightFinding is a finding without the records as they were logged. The parts that are equal in another finding of the same
 * fingerprint are held once.
 */
export function lightFinding(finding: Finding, like?: Finding): Finding {
  const correlated = finding.correlated.map(withoutRecord);
  const light = { ...finding, event: withoutRecord(finding.event), correlated };
  if (like === undefined) return light;
  return { ...sharing(light, like), event: sharing(light.event, like.event) };
}

const noRecord: AuditEvent['raw'] = {};

function withoutRecord(event: AuditEvent): AuditEvent {
  return { ...event, raw: noRecord };
}

function sharing<Value extends object>(value: Value, like: Value): Value {
  const shared = { ...value };
  for (const name of Object.keys(value) as (keyof Value)[]) {
    if (isDeepStrictEqual(value[name], like[name])) shared[name] = like[name];
  }
  return shared;
}
