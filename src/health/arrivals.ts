import type { Finding } from '../model/finding.ts';
import type { Heartbeat, HeartbeatStore } from './heartbeat.ts';
import { cloudtrail, pathOf, type Path } from './source.ts';
import { dayMs } from '../time/days.ts';

/** FirstArrival is by which path a finding came first. */
export interface FirstArrival {
  readonly path: Path;
  readonly at: Date;
}

/** ArrivalLog remembers by which paths findings came. */
export interface ArrivalLog {
  /**
   * add notes that a finding came by a path, and gives how it came first: by this very arrival, or an earlier one.
   * @returns undefined when it came by this path before.
   */
  readonly add: (finding: string, path: Path, at: Date) => Promise<FirstArrival | undefined>;
}

/** Arrival is what a finding's coming by one path says of the paths. Times are in milliseconds, from the event on. */
export type Arrival =
  /** It says nothing: it came this way before, or only one way leads here. */
  | { readonly kind: 'nothing' }
  /** A fast path brought it first. */
  | { readonly kind: 'fast'; readonly path: Path; readonly afterMs: number }
  /** The trail's file brought it first, though a fast path brings what happens there. */
  | { readonly kind: 'missed'; readonly afterMs: number }
  /** The trail's file brought it, and no fast path leads here. */
  | { readonly kind: 'only-by-trail'; readonly afterMs: number }
  /** The trail's file brought what a fast path had brought already. */
  | { readonly kind: 'confirmed'; readonly afterMs: number }
  /** A fast path brought what the trail's file had brought already. */
  | { readonly kind: 'overtaken'; readonly path: Path; readonly afterMs: number };

export interface ArrivalsOptions {
  readonly log: ArrivalLog;
  /** Which sources there are tells where fast paths lead. */
  readonly heartbeats: Pick<HeartbeatStore, 'all'>;
}

/** Arrivals judges by which path each finding came. */
export interface Arrivals {
  /** note is called for each copy of a finding that the queue brings. */
  readonly note: (finding: Finding, now: Date) => Promise<Arrival>;
}

const nothing: Arrival = { kind: 'nothing' };

/** A fast path that brought nothing of a region for a week leads there no more. */
const aliveMs = 7 * dayMs;
/** What leads where changes with deployments, not with findings. */
const lookEveryMs = 5 * 60_000;

/** createArrivals compares the fast paths with the trail's files, which have everything, some minutes later. */
export function createArrivals({ log, heartbeats }: ArrivalsOptions): Arrivals {
  let looked: { readonly at: number; readonly places: Promise<ReadonlySet<string>> } | undefined;
  const fastPlaces = (now: Date): Promise<ReadonlySet<string>> => {
    if (looked === undefined || now.getTime() - looked.at >= lookEveryMs) {
      const places = heartbeats.all().then((all) => placesOf(all, now));
      // What could not be read is read again the next time.
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
      // Noted this very moment: nobody else was first.
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
 * Only CloudTrail's records come by several paths. A correlation's come by whichever was last, and what completes an alert
 * was told by another record.
 */
function comesBySeveralPaths({ completes, correlated, event }: Finding): boolean {
  return completes === undefined && correlated.length === 0 && event.source.services[0] === cloudtrail;
}

/** Where calls are seen by a fast path: CloudTrail's records alone name a region, on the bus and in log groups. */
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
