import type { SightingStore } from '../../src/detect/correlation/first-seen.ts';
import { continued, type RememberedStretch } from '../../src/detect/correlation/sighting-cache.ts';

/** createMemorySightingStore keeps sightings as a table would, without expiry. */
export function createMemorySightingStore(): SightingStore & { readonly size: () => number } {
  const stretches = new Map<string, RememberedStretch>();
  return {
    size: () => stretches.size,
    sight: async (key, sighting, timespanMs) => {
      const name = JSON.stringify(key);
      const next = continued(stretches.get(name), sighting, timespanMs);
      if (next === 'too old') return { firstMs: sighting.timeMs, by: '' };
      stretches.set(name, next);
      return next;
    },
  };
}
