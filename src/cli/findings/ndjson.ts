import type { AuditEvent } from '../../model/audit-event.ts';
import type { Finding } from '../../model/finding.ts';

/** findingLine is a finding as data: what `--format ndjson` prints a line of. Record numbers count from 0. */
export function findingLine({ id, fingerprint, time, rule, event, evidence, correlated }: Finding) {
  return {
    id,
    fingerprint,
    time,
    rule: { id: rule.id, title: rule.title, level: rule.level, tags: rule.tags },
    event: eventLine(event),
    input: inputOf(event),
    evidence,
    ...(correlated.length > 0 && {
      correlated: correlated.map((one) => ({ id: one.id, time: one.time, input: inputOf(one) })),
    }),
  };
}

function eventLine({ raw: _raw, origin: _origin, source: _source, ...described }: AuditEvent) {
  return described;
}

function inputOf({ origin }: AuditEvent) {
  return { path: origin.path, record: origin.index };
}
