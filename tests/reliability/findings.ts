import type { Finding } from '../../src/model/finding.ts';
import { findingId, fingerprintOf } from '../../src/model/finding.ts';
import type { Level } from '../../src/model/level.ts';

export interface FindingFacts {
  readonly rule: string;
  readonly level: Level;
  readonly event: string;
  readonly actor: string;
  readonly time: string;
  /** Set for an addition, which names the actor of another finding of the same rule and event. */
  readonly completes?: string;
}

/** findingOf makes a finding as the bus would bring it. */
export function findingOf({ rule, level, event, actor, time, completes }: FindingFacts): Finding {
  return {
    id: findingId(rule, event),
    fingerprint: fingerprintOf(rule, [actor]),
    rule: { id: rule, title: `Rule ${rule}`, level, tags: [], falsePositives: [], references: [] },
    time,
    event: {
      id: event,
      time,
      source: { product: 'aws', services: ['cloudtrail'] },
      category: { kind: 'management', access: 'write', via: 'api-call' },
      account: '111122223333',
      region: 'eu-west-1',
      service: 'iam',
      action: 'CreateAccessKey',
      actor: { kind: 'iam-user', name: actor, chain: [] },
      sourceAddress: '198.51.100.77',
      targets: [{ kind: 'user', id: 'svc-backup' }],
      outcome: { kind: 'success' },
      origin: { path: 'event-bridge', index: 0 },
      raw: { eventName: 'CreateAccessKey' },
    },
    correlated: [],
    evidence: [],
    labels: {},
    ...(completes !== undefined && { completes }),
  };
}

/** Sent is a finding with the time when it comes. */
export interface Sent {
  readonly finding: Finding;
  readonly atMs: number;
}

const hour = 3_600_000;
const levels: readonly Level[] = ['low', 'medium', 'medium', 'high', 'high', 'critical'];

/**
 * findingsOf makes the findings of three hours: rules that fire now and then, a burst of one actor, a burst of many, copies by
 * another path, and additions to alerts, which may overtake them.
 */
export function findingsOf(count: number, random: () => number, startMs: number): readonly Sent[] {
  const sent: Sent[] = [];
  const pick = (most: number): number => Math.floor(random() * most);
  const burstAtMs = startMs + pick(2 * hour);
  for (let index = 0; index < count; index += 1) {
    const kind = random();
    const burst = kind < 0.3 ? 'one' : kind < 0.5 ? 'many' : undefined;
    const rule = burst === undefined ? `rule-${pick(20)}` : `burst-${burst}`;
    // Few are busy and many are not.
    const actor =
      burst === 'one' ? 'mallory' : burst === 'many' ? `visitor-${index}` : `actor-${Math.floor(200 * random() ** 3)}`;
    const atMs = burst === undefined ? startMs + pick(3 * hour) : burstAtMs + pick(10 * 60_000);
    const level = levels[Number(rule.replace(/\D/g, '') || 3) % levels.length] ?? 'medium';
    const facts = { rule, level, actor, event: `event-${index}`, time: new Date(atMs).toISOString() };
    const finding = findingOf(facts);
    sent.push({ finding, atMs });
    if (random() < 0.1) sent.push({ finding, atMs: atMs + pick(10 * 60_000) });
    if (random() < 0.02) {
      const addition = findingOf({ ...facts, completes: `call-${index}` });
      sent.push({ finding: addition, atMs: Math.max(startMs, atMs + pick(240_000) - 60_000) });
    }
  }
  return sent;
}
