import type { Finding } from '../model/finding.ts';
import type { Heartbeat, HeartbeatStore } from './heartbeat.ts';
import { cloudtrail, pathOf, type Path } from './source.ts';
import { dayMs } from '../time/days.ts';

/** FirstArrival is the path by which a finding came first, and when. */
export interface FirstArrival {
  readonly path: Path;
  readonly at: Date;
}

/** ArrivalLog remembers the paths by which findings came. */
export interface ArrivalLog {
  /**
   * add notes that a finding came by a path, and gives its first arrival, which may be this one.
   * @returns undefined when the finding came by this path before.
   */
  readonly add: (finding: string, path: Path, at: Date) => Promise<FirstArrival | undefined>;
}

/** Arrival is what the arrival of a finding says about the paths. Times are milliseconds after the event. */
export type Arrival =
  /** Nothing: it came by this path before, or there is only one path. */
  | { readonly kind: 'nothing' }
  /** A fast path brought it first. */
  | { readonly kind: 'fast'; readonly path: Path; readonly afterMs: number }
  /** The trail's file brought it first, although a fast path covers the place. */
  | { readonly kind: 'missed'; readonly afterMs: number }
  /** The trail's file brought it, and no fast path covers the place. */
  | { readonly kind: 'only-by-trail'; readonly afterMs: number }
  /** The trail's file brought a finding that a fast path had brought before. */
  | { readonly kind: 'confirmed'; readonly afterMs: number }
  /** A fast path brought a finding that the trail's file had brought before. */
  | { readonly kind: 'overtaken'; readonly path: Path; readonly afterMs: number };

export interface ArrivalsOptions {
  readonly log: ArrivalLog;
  /** The known sources, which show the places that fast paths cover. */
  readonly heartbeats: Pick<HeartbeatStore, 'all'>;
}

/** Arrivals judges the path of each finding. */
export interface Arrivals {
  /** note is called for each copy of a finding that the queue brings. */
  readonly note: (finding: Finding, now: Date) => Promise<Arrival>;
}

const nothing: Arrival = { kind: 'nothing' };

/** A fast path that brought nothing from a region for a week no longer covers it. */
const aliveMs = 7 * dayMs;
/** The covered places change with deployments, not with findings. */
const lookEveryMs = 5 * 60_000;

/** createArrivals compares the fast paths with the trail's files, which hold everything, some minutes later. */
export function createArrivals({ log, heartbeats }: ArrivalsOptions): Arrivals {
  let looked: { readonly at: number; readonly places: Promise<ReadonlySet<string>> } | undefined;
  const fastPlaces = (now: Date): Promise<ReadonlySet<string>> => {
    if (looked === undefined || now.getTime() - looked.at >= lookEveryMs) {
      const places = heartbeats.all().then((all) => placesOf(all, now));
      // A failed read is tried again the next time.
      places.catch(() => (looked = undefined));
      looked = { at: now.getTime(), places };
    }
    return looked.places;
  };

  return {
    async note(finding, now) {
      const path = pathOf(finding.event.origin.path);
      if (path === undefined || !comesBySeveralPaths(finding)) return nothing;
      const first = await log.add(finding.id, path, now);
      if (first === undefined) return nothing;
      const afterMs = Math.max(0, now.getTime() - Date.parse(finding.event.time));
      // This arrival is the first.
      if (first.path === path) {
        if (path !== 's3') return { kind: 'fast', path, afterMs };
        const { account = '', region = '' } = finding.event;
        return { kind: (await fastPlaces(now)).has(placeOf(account, region)) ? 'missed' : 'only-by-trail', afterMs };
      }
      if (path === 's3') return { kind: 'confirmed', afterMs };
      return first.path === 's3' ? { kind: 'overtaken', path, afterMs } : nothing;
    },
  };
}

/**
 * Only CloudTrail's records come by several paths. A correlation comes by the path of its last record, and an addition to an alert
 * comes from another record.
 */
function comesBySeveralPaths({ completes, correlated, event }: Finding): boolean {
  return completes === undefined && correlated.length === 0 && event.source.services[0] === cloudtrail;
}

/** The places whose calls a fast path sees: only CloudTrail's records name a region, on the bus and in log groups. */
function placesOf(heartbeats: readonly Heartbeat[], now: Date): ReadonlySet<string> {
  const fast = heartbeats.filter(
    ({ last, source: { name, path, region } }) =>
      now.getTime() - last <= aliveMs && (path === 'event-bus' ? name === cloudtrail : path !== 's3' && region !== ''),
  );
  return new Set(fast.map(({ source: { account, region } }) => placeOf(account, region)));
}

function placeOf(account: string, region: string): string {
  return `${account}/${region}`;
}
