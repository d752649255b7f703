import type { Fields } from '../model/log-record.ts';
import { bodyProblem } from './body.ts';
import type { LinkCheck } from './check-links.ts';
import type { Endpoint } from './settings.ts';
import type { Visit } from './visit.ts';
import { dayMs } from '../time/days.ts';

/** A page full of broken links must still fit into an alert. */
const maxBrokenShown = 20;

/**
 * fieldsOf gives the result of a check as fields, which rules read; a field is absent when its value is unknown.
 *
 * | field | meaning |
 * |---|---|
 * | `action` | `endpoint checked` |
 * | `endpoint`, `url` | as configured |
 * | `outcome` | `success`, or `failure` when it is not up or its body is wrong |
 * | `up` (boolean) | it answered, with a status that is right |
 * | `attempts` (number) | 2 when the first visit failed; the fields are those of the second |
 * | `failure` | why there was no answer: `timeout`, `name`, `refused`, `connection`, `tls`, `redirect`, `protocol` |
 * | `reason` | the problem, in words |
 * | `status` (number) | the answer's status, after redirects |
 * | `final_url`, `redirects` (number) | the address that answered, and the number of redirects |
 * | `dst_ip` | the address that answered |
 * | `first_byte_ms`, `total_ms` (numbers) | from the beginning to the answer's first byte, and to its end |
 * | `slow` (boolean), `slow_after_ms` (number) | whether it took longer than the limit for slow, and this limit |
 * | `body_right` (boolean) | whether the body is as expected; only of endpoints that expect one |
 * | `certificate_ends`, `certificate_days_left` (number) | of the certificate on the way that ends first; negative when it ended |
 * | `links_found`, `links_broken`, `links_unchecked` (numbers) | of the page's links; only of endpoints whose links are checked |
 * | `broken_links` (list) | the first of them: status or failure, and the address |
 */
export function fieldsOf(endpoint: Endpoint, { seen, verdict, attempts, links }: Check, time: string): Fields {
  const { up, wrongBody, slow, reason } = verdict;
  return {
    action: 'endpoint checked',
    endpoint: endpoint.name,
    url: endpoint.url,
    outcome: up && wrongBody !== true ? 'success' : 'failure',
    up,
    attempts,
    ...(seen.kind === 'no-answer' && { failure: seen.reason }),
    ...(reason !== undefined && { reason }),
    ...(seen.kind === 'answer' && {
      status: seen.status,
      dst_ip: seen.address,
      first_byte_ms: seen.firstByteMs,
      slow,
      slow_after_ms: endpoint.slowMs,
    }),
    final_url: seen.url,
    redirects: seen.redirects,
    total_ms: seen.totalMs,
    ...(wrongBody !== undefined && { body_right: !wrongBody }),
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

/** Check is the result of visiting an endpoint, with its verdict. */
export interface Check {
  readonly seen: Visit;
  readonly verdict: Verdict;
  readonly attempts: number;
  readonly links: LinkCheck | undefined;
}

export interface Verdict {
  readonly right: boolean;
  readonly up: boolean;
  readonly slow: boolean;
  /** Absent without expectations of the body, and without a body to compare. */
  readonly wrongBody?: boolean;
  readonly reason?: string;
}

/** verdictOf says whether an endpoint is up and right, or what is wrong with it. */
export function verdictOf(endpoint: Endpoint, seen: Visit): Verdict {
  if (seen.kind === 'no-answer') return { right: false, up: false, slow: false, reason: seen.message };
  const slow = seen.totalMs >= endpoint.slowMs;
  // An error page need not have the right body: the endpoint is down, which is one alert.
  if (!isRight(seen.status, endpoint)) {
    const wanted = endpoint.status?.join(' or ') ?? '200 to 299';
    return {
      right: false,
      up: false,
      slow,
      reason: `it answered with status ${seen.status}, where ${wanted} is right`,
    };
  }
  if (endpoint.contains === undefined && endpoint.json === undefined) return { right: !slow, up: true, slow };
  const problem = bodyProblem(seen, endpoint);
  if (problem === undefined) return { right: !slow, up: true, slow, wrongBody: false };
  return { right: false, up: true, slow, wrongBody: true, reason: `the body is not right: ${problem}` };
}

function isRight(status: number, endpoint: Endpoint): boolean {
  return endpoint.status === undefined ? status >= 200 && status < 300 : endpoint.status.includes(status);
}
