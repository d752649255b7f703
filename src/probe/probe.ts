import { createHash } from 'node:crypto';
import type { Fields, Ingested, RecordSource } from '../model/log-record.ts';
import { bodyProblem, maxBodyBytes } from './body.ts';
import { checkLinks, type LinkCheck } from './check-links.ts';
import { inParallel } from './in-parallel.ts';
import type { Endpoint, ProbeSettings } from './settings.ts';
import { visit, type Visit, type World } from './visit.ts';

/** The log source of what probes see. */
export const probeSource: RecordSource = { product: 'trailwatch', services: ['probe'], category: 'availability' };

const atOnce = 10;
const dayMs = 86_400_000;
/** A page full of broken links shall still fit into an alert. */
const maxBrokenShown = 20;

/** Run is one time that all endpoints are checked. */
export interface Run {
  /** The same when the same run is tried again, so that its records are the same. */
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly time: string;
}

/** probeAll checks every endpoint and gives a record of each, whatever happens to the others. */
export async function probeAll(
  { allow, endpoints }: ProbeSettings,
  run: Run,
  world: World,
): Promise<readonly Ingested[]> {
  const allowed = new Set(allow);
  return inParallel(endpoints, atOnce, async (endpoint, index): Promise<Ingested> => {
    const origin = { path: 'probe', index };
    try {
      const fields = await probeEndpoint(endpoint, allowed, run.time, world);
      return {
        kind: 'record',
        record: { id: recordId(run, endpoint), time: run.time, source: probeSource, fields, origin },
      };
    } catch (error) {
      const reason = `endpoint ${endpoint.name}: ${error instanceof Error ? error.message : String(error)}`;
      return { kind: 'failure', failure: { origin, reason } };
    }
  });
}

/** probeEndpoint checks one endpoint and says what it saw, in the fields of `fieldsOf`. */
export async function probeEndpoint(
  endpoint: Endpoint,
  allowed: ReadonlySet<string>,
  time: string,
  world: World,
): Promise<Fields> {
  const { timeoutMs, redirects } = endpoint;
  const seen = await visit(new URL(endpoint.url), { timeoutMs, redirects, maxBytes: maxBodyBytes, allowed }, world);
  const links =
    endpoint.links === 'none' || seen.kind === 'no-answer' || !isRight(seen.status, endpoint)
      ? undefined
      : await checkLinks(seen, endpoint, allowed, world);
  return fieldsOf(endpoint, seen, links, time);
}

/**
 * fieldsOf says what a check saw. Rules read these fields; one is absent when the check could not say it.
 *
 * | field | meaning |
 * |---|---|
 * | `action` | `endpoint checked` |
 * | `endpoint`, `url` | as configured |
 * | `outcome` | `success`, or `failure` when it is not up or its body is wrong |
 * | `up` (boolean) | it answered, with a status that is right |
 * | `failure` | why there was no answer: `timeout`, `name`, `refused`, `connection`, `tls`, `redirect`, `protocol` |
 * | `reason` | what was wrong, in words |
 * | `status` (number) | the answer's status, after redirects |
 * | `final_url`, `redirects` (number) | where the answer came from, and after how many redirects |
 * | `dst_ip` | the address that answered |
 * | `first_byte_ms`, `total_ms` (numbers) | from the beginning to the answer's first byte, and to its end |
 * | `slow` (boolean), `slow_after_ms` (number) | whether it took as long as is called slow, and how long that is |
 * | `body_right` (boolean) | whether the body is as it should be; only of endpoints that say how |
 * | `certificate_ends`, `certificate_days_left` (number) | of the certificate on the way that ends first; negative when it ended |
 * | `links_found`, `links_broken`, `links_unchecked` (numbers) | of the page's links; only of endpoints whose links are checked |
 * | `broken_links` (list) | the first of them: status or failure, and the address |
 */
export function fieldsOf(endpoint: Endpoint, seen: Visit, links: LinkCheck | undefined, time: string): Fields {
  const { name, url, slowMs } = endpoint;
  const up = seen.kind === 'answer' && isRight(seen.status, endpoint);
  const bodyWanted = endpoint.contains !== undefined || endpoint.json !== undefined;
  // Of an error's page nobody expects the right body: it is down, and that is one alert.
  const wrongBody = up && bodyWanted ? bodyProblem(seen, endpoint) : undefined;
  const reason = reasonOf(seen, up, wrongBody);
  return {
    action: 'endpoint checked',
    endpoint: name,
    url,
    outcome: up && wrongBody === undefined ? 'success' : 'failure',
    up,
    ...(seen.kind === 'no-answer' && { failure: seen.reason }),
    ...(reason !== undefined && { reason }),
    ...(seen.kind === 'answer' && {
      status: seen.status,
      dst_ip: seen.address,
      first_byte_ms: seen.firstByteMs,
      slow: seen.totalMs >= slowMs,
      slow_after_ms: slowMs,
    }),
    final_url: seen.url,
    redirects: seen.redirects,
    total_ms: seen.totalMs,
    ...(up && bodyWanted && { body_right: wrongBody === undefined }),
    ...(seen.certificateEnds !== undefined && {
      certificate_ends: seen.certificateEnds,
      certificate_days_left: Math.floor((Date.parse(seen.certificateEnds) - Date.parse(time)) / dayMs),
    }),
    ...(links !== undefined && {
      links_found: links.found,
      links_broken: links.broken.length,
      links_unchecked: links.unchecked,
      broken_links: links.broken.slice(0, maxBrokenShown),
    }),
  };
}

function reasonOf(seen: Visit, up: boolean, wrongBody: string | undefined): string | undefined {
  if (seen.kind === 'no-answer') return seen.message;
  if (!up) return `it answered with status ${seen.status}`;
  return wrongBody === undefined ? undefined : `the body is not right: ${wrongBody}`;
}

function isRight(status: number, endpoint: Endpoint): boolean {
  return endpoint.status === undefined ? status >= 200 && status < 300 : endpoint.status.includes(status);
}

function recordId(run: Run, { name }: Endpoint): string {
  return createHash('sha256')
    .update(JSON.stringify(['probe', run.id, name]))
    .digest('hex')
    .slice(0, 32);
}
