import { hostName } from './address.ts';
import { bodyText } from './body.ts';
import { inParallel } from './in-parallel.ts';
import { linksOf } from './links.ts';
import type { Endpoint } from './settings.ts';
import { visit, type Answer, type Visit, type TimedNetwork } from './visit.ts';

const atOnce = 10;
const redirects = 5;

export interface LinkCheck {
  readonly found: number;
  /** Links that were not checked: no time was left, or a probe must not go there. */
  readonly unchecked: number;
  /** The result of each broken link: `404 https://…`, `name https://…`. */
  readonly broken: readonly string[];
}

/**
 * checkLinks asks for each link of a page, one level deep. Together they may take as long as the page, and each half of that: a
 * link that cannot begin in time is unchecked, not broken.
 */
export async function checkLinks(
  page: Answer,
  { links, timeoutMs }: Pick<Endpoint, 'links' | 'timeoutMs'>,
  allowed: ReadonlySet<string>,
  network: TimedNetwork,
): Promise<LinkCheck> {
  const at = new URL(page.url);
  const wanted = linksOf(bodyText(page), at).filter(
    ({ hostname }) => links === 'all' || (links === 'same-host' && hostName(hostname) === hostName(at.hostname)),
  );
  const linkMs = Math.ceil(timeoutMs / 2);
  const lastBegin = network.elapsed() + timeoutMs - linkMs;
  const visits = await inParallel(wanted, atOnce, async (url) => {
    if (network.elapsed() > lastBegin) return undefined;
    return visit(url, { timeoutMs: linkMs, redirects, maxBytes: 0, allowed }, network);
  });
  const states = visits.map((seen, index) => stateOf(seen, wanted[index]?.href ?? ''));
  return {
    found: wanted.length,
    unchecked: states.filter((state) => state === 'unchecked').length,
    broken: states.filter((state) => state !== 'unchecked' && state !== 'works'),
  };
}

function stateOf(seen: Visit | undefined, href: string): string {
  if (seen === undefined) return 'unchecked';
  if (seen.kind === 'no-answer') return seen.reason === 'refused' ? 'unchecked' : `${seen.reason} ${href}`;
  const { status } = seen;
  // A page that asks for credentials or for patience exists.
  return status === 404 || status === 410 || status >= 500 ? `${status} ${href}` : 'works';
}
