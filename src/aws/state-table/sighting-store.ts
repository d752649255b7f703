import type { SightingKey, SightingStore } from '../../detect/correlation/first-seen.ts';
import {
  continued,
  createSightingCache,
  staleMs,
  type RememberedStretch,
} from '../../detect/correlation/sighting-cache.ts';
import { WindowStoreError } from '../../detect/correlation/window-store.ts';
import { digestOf, expiryOf, keyOf } from './keys.ts';
import { failingAs, isNew, numberOf, openTable, textOf, type Item, type StateTable } from './table.ts';

/** How often a sighting is noted again when another writer notes one of the same value at the same time. */
const maxTries = 5;

/** SightingTable is where sightings are kept. */
export interface SightingTable extends StateTable {
  /** onWrite hears of each write. */
  readonly onWrite?: (key: SightingKey) => void;
}

/** createDynamoSightingStore keeps one item a value and one a group; both expire when neither was sighted for the timespan. */
export function createDynamoSightingStore(place: SightingTable): SightingStore {
  const table = openTable(place);
  const failing = failingAs(WindowStoreError);
  return createSightingCache({
    sight: (key, sighting, timespanMs) =>
      failing(`${key.correlation}: what a group shows could not be noted`, async () => {
        const { correlation, group, value } = key;
        const at = keyOf('sighting', {
          group: digestOf(JSON.stringify([correlation, group])),
          value: value === undefined ? 'group' : digestOf(value),
        });
        for (let tries = 0; tries < maxTries; tries += 1) {
          const item = await table.get(at);
          const known = item && stretchOf(item);
          const next = continued(known, sighting, timespanMs);
          if (next === 'too old')
            return { ...(known ?? { lastMs: sighting.timeMs }), firstMs: sighting.timeMs, by: '' };
          if (next === known) return next;
          const attributes = {
            firstAt: next.firstMs,
            lastAt: next.lastMs,
            by: next.by,
            expires: expiryOf('sighting', next.lastMs, timespanMs + 2 * staleMs(timespanMs)),
          };
          const unchanged =
            known === undefined
              ? isNew
              : { when: 'firstAt = :first AND lastAt = :last', values: { first: known.firstMs, last: known.lastMs } };
          if (await table.put(at, attributes, unchanged)) {
            place.onWrite?.(key);
            return next;
          }
        }
        throw new Error(`it was changed ${maxTries} times meanwhile; try again`);
      }),
  });
}

function stretchOf(item: Item): RememberedStretch {
  return { firstMs: numberOf(item['firstAt']), lastMs: numberOf(item['lastAt']), by: textOf(item['by']) };
}
