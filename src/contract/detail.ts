import type { AuditEvent } from '../model/audit-event.ts';
import type { Finding } from '../model/finding.ts';

/** findingDetailType and findingSource mark findings on the bus; subscribers' rules match on them. */
export const findingDetailType = 'Trailwatch Finding';
export const findingSource = 'trailwatch';

/**
 * The version of the contract in `schemas/finding.schema.json`. New fields may come at any time; a field that goes, or
 * changes its meaning, makes a new version.
 */
export const findingVersion = '1';

/** FindingDetail is a finding as JSON, as it travels on the bus and as other tools read it. */
export interface FindingDetail {
  readonly json: string;
  /** What was left out to make it fit, for a person. */
  readonly omitted: readonly string[];
}

/**
 * findingDetail writes a finding in the published contract, in at most `maxBytes` of UTF-8. A finding that is too large loses
 * parts, the least important first, and names them in `omitted`; the facts that an alert needs stay to the end. Returns undefined
 * when not even these fit.
 */
export function findingDetail(finding: Finding, maxBytes = Infinity): FindingDetail | undefined {
  let kept = finding;
  const omitted = [...(finding.omitted ?? [])];
  for (const [index, { what, without }] of [asItIs, ...reductions].entries()) {
    kept = without(kept);
    if (index > 0) omitted.push(what);
    // What is far too large is not written out to be measured: an event may be made to cost seconds.
    if (isLongerThan(kept, maxBytes)) continue;
    const json = jsonOf({ version: findingVersion, ...kept, ...(omitted.length > 0 && { omitted }) });
    if (json !== undefined && Buffer.byteLength(json) <= maxBytes) return { json, omitted };
  }
  return undefined;
}

interface Reduction {
  readonly what: string;
  readonly without: (finding: Finding) => Finding;
}

const asItIs: Reduction = { what: '', without: (finding) => finding };

const reductions: readonly Reduction[] = [
  {
    what: 'the raw records of the correlated events',
    without: (finding) => ({ ...finding, correlated: finding.correlated.map(withoutRaw) }),
  },
  { what: 'the raw record', without: (finding) => ({ ...finding, event: withoutRaw(finding.event) }) },
  { what: 'the ends of texts beyond 2,000 characters', without: (finding) => shortened(finding, 2000) },
  {
    what: 'correlated events, evidence and targets beyond the first and last 25',
    without: (finding) => ({
      ...finding,
      event: withFewerTargets(finding.event),
      correlated: ends(finding.correlated, 25).map(withFewerTargets),
      evidence: ends(finding.evidence, 25),
    }),
  },
  {
    what: 'the ends of texts beyond 200 characters',
    without: (finding) => ({ ...shortened(finding, 200), correlated: ends(shortened(finding.correlated, 200), 10) }),
  },
  {
    // Always fits, whatever an event holds: an attacker must not be able to keep a finding off the bus.
    what: 'the ends of texts beyond 100 characters, and of each list all but its first and last few',
    without: (finding) => ({
      ...shortened(finding, 100),
      event: withShortLists(shortened(finding.event, 100)),
      correlated: ends(shortened(finding.correlated, 100), 3).map(withShortLists),
      evidence: ends(shortened(finding.evidence, 100), 5),
    }),
  },
];

function withoutRaw(event: AuditEvent): AuditEvent {
  return { ...event, raw: {} };
}

function withFewerTargets(event: AuditEvent): AuditEvent {
  return { ...event, targets: ends(event.targets, 25) };
}

function withShortLists({ actor, source, targets, ...event }: AuditEvent): AuditEvent {
  return {
    ...event,
    source: { ...source, services: ends(source.services, 3) },
    actor: { ...actor, chain: ends(actor.chain, 3) },
    targets: ends(targets, 3),
  };
}

function ends<Item>(items: readonly Item[], each: number): readonly Item[] {
  return items.length <= 2 * each ? items : [...items.slice(0, each), ...items.slice(-each)];
}

/** Cuts every text in plain data between characters. Raw records are gone by then, so that the data is flat. */
function shortened<Data>(data: Data, max: number): Data {
  const walk = (value: unknown): unknown => {
    if (typeof value === 'string') return value.length <= max ? value : `${value.slice(0, max).toWellFormed()}…`;
    if (Array.isArray(value)) return value.map(walk);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, walk(inner)]));
  };
  return walk(data) as Data;
}

/** Whether the texts of plain data alone have more characters than `max`: as UTF-8 they then have more bytes. */
function isLongerThan(data: unknown, max: number): boolean {
  if (max === Infinity) return false;
  let left = max;
  // A stack of its own, because a raw record may nest deeper than calls may.
  const open: unknown[] = [data];
  while (open.length > 0 && left >= 0) {
    const value = open.pop();
    if (typeof value === 'string') left -= value.length;
    else if (typeof value === 'object' && value !== null) for (const inner of Object.values(value)) open.push(inner);
  }
  return left < 0;
}

/** Undefined when the data is nested deeper than can be written. */
function jsonOf(data: unknown): string | undefined {
  try {
    // AWS refuses JSON that holds half of a surrogate pair, which is not a character.
    return JSON.stringify(data, (_key, value: unknown) => (typeof value === 'string' ? value.toWellFormed() : value));
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
