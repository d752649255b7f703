import type { AuditEvent } from '../../src/model/audit-event.ts';
import type { Finding, RuleSummary } from '../../src/model/finding.ts';
import { findingId, fingerprintOf } from '../../src/model/finding.ts';

export interface FindingParts {
  readonly rule?: Partial<RuleSummary>;
  readonly event?: Partial<AuditEvent>;
  readonly news?: string;
}

/** finding makes a finding for tests of what is shown of it; parts say what matters. */
export function finding({ rule, event, news }: FindingParts = {}): Finding {
  const summary: RuleSummary = {
    id: 'rule-1',
    title: 'Access key created for another user',
    level: 'high',
    tags: ['attack.persistence', 'attack.t1098.001'],
    falsePositives: ['An administrator setting up a colleague'],
    references: ['https://example.com/why'],
    ...rule,
  };
  const described: AuditEvent = {
    id: 'event-1',
    time: '2026-03-11T09:12:44.000Z',
    source: { product: 'aws', services: ['cloudtrail'] },
    category: { kind: 'management', access: 'write', via: 'api-call' },
    account: '111122223333',
    region: 'eu-west-1',
    service: 'iam',
    action: 'CreateAccessKey',
    actor: { kind: 'iam-user', name: 'alice', arn: 'arn:aws:iam::111122223333:user/alice', chain: [] },
    sourceAddress: '203.0.113.7',
    userAgent: 'aws-cli/2.15',
    targets: [{ kind: 'user', id: 'backup-svc' }],
    outcome: { kind: 'success' },
    origin: { path: 'trail/a.json.gz', index: 3 },
    raw: { eventName: 'CreateAccessKey' },
    ...event,
  };
  return {
    id: findingId(summary.id, described.id),
    fingerprint: fingerprintOf(summary.id, [news ?? described.actor.name]),
    rule: summary,
    time: described.time,
    event: described,
    correlated: [],
    evidence: [{ field: 'eventName', value: 'CreateAccessKey', wanted: 'is "CreateAccessKey"' }],
    labels: { level: summary.level },
  };
}
