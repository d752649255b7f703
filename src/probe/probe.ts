import type { Fields, Ingested, RecordSource } from '../model/log-record.ts';
import { maxBodyBytes } from './body.ts';
import { fieldsOf, verdictOf } from './check.ts';
import { checkLinks } from './check-links.ts';
import { inParallel } from './in-parallel.ts';
import type { Endpoint, ProbeSettings } from './settings.ts';
import { visit, type Visit, type TimedNetwork } from './visit.ts';
import { hashOf } from '../text/hash.ts';

/** The log source of records about endpoints. */
const probeSource: RecordSource = { product: 'trailwatch', services: ['probe'], category: 'availability' };

const atOnce = 10;
const pauseMs = 1_000;

/** Run is one check of all endpoints. */
export interface Run {
  /** Stays the same when the run is tried again, so that its records are the same. */
  readonly id: string;
  /** The time when it was due; ISO 8601, UTC, with milliseconds. */
  readonly time: string;
  /** The account and region that the probe runs in. */
  readonly account?: string;
  readonly region?: string;
}

/** probeAll checks every endpoint and gives a record of each, whatever happens to the others. */
export async function probeAll(
  { allow, endpoints }: ProbeSettings,
  run: Run,
  network: TimedNetwork,
): Promise<readonly Ingested[]> {
  const allowed = new Set(allow);
  return inParallel(endpoints, atOnce, async (endpoint, index): Promise<Ingested> => {
    const origin = { path: 'probe', index };
    try {
      const fields = await probeEndpoint(endpoint, allowed, run.time, network);
      const { id, ...rest } = run;
      return { kind: 'record', record: { ...rest, id: recordId(id, endpoint), source: probeSource, fields, origin } };
    } catch (error) {
      const reason = `endpoint ${endpoint.name}: ${error instanceof Error ? error.message : String(error)}`;
      return { kind: 'failure', failure: { origin, reason } };
    }
  });
}

/**
 * probeEndpoint checks one endpoint and gives the result in the fields of `fieldsOf`. After a failure it checks once more, and the
 * second result counts: a lost packet must not alert.
 */
async function probeEndpoint(
  endpoint: Endpoint,
  allowed: ReadonlySet<string>,
  time: string,
  network: TimedNetwork,
): Promise<Fields> {
  const { timeoutMs, redirects } = endpoint;
  const look = (): Promise<Visit> =>
    visit(new URL(endpoint.url), { timeoutMs, redirects, maxBytes: maxBodyBytes, allowed }, network);
  let seen = await look();
  let verdict = verdictOf(endpoint, seen);
  let attempts = 1;
  if (!verdict.right && !(seen.kind === 'no-answer' && seen.reason === 'refused')) {
    await network.wait(pauseMs);
    seen = await look();
    verdict = verdictOf(endpoint, seen);
    attempts = 2;
  }
  const links =
    endpoint.links !== 'none' && seen.kind === 'answer' && verdict.up
      ? await checkLinks(seen, endpoint, allowed, network)
      : undefined;
  return fieldsOf(endpoint, { seen, verdict, attempts, links }, time);
}

function recordId(run: string, { name }: Endpoint): string {
  return hashOf(['probe', run, name]);
}
