import { beat, HealthStateError, type Heartbeat, type HeartbeatStore } from '../../health/heartbeat.ts';
import { sourceKey, type Source } from '../../health/source.ts';
import { digestOf, expiryOf, keyOf, partitionsOf, shardOf, type Key } from './keys.ts';
import { failingAs, isNew, numberOf, openTable, textOf, type Attributes, type Item, type StateTable } from './table.ts';

/** More sources than this are not looked at: each has some 500 bytes. */
const mostPerShard = 2_000;

/**
 * createDynamoHeartbeatStore keeps one item a source, in which the last record's time is also the version: of two writers at the
 * same time one is heard, and both say the same. The attribute `told` is what code calls `notified`.
 */
export function createDynamoHeartbeatStore(place: StateTable): HeartbeatStore {
  const table = openTable(place);
  const failing = failingAs(HealthStateError);
  return {
    note: (source, at) =>
      failing('the heartbeat of a source could not be noted', async () => {
        const key = keyOfSource(source);
        const item = await table.get(key, { consistent: false });
        const known = item && heartbeatOf(item);
        const next = beat(known, source, at.getTime());
        if (next === undefined) return;
        // Another invocation may be faster: what it wrote says the same.
        await table.put(
          key,
          attributesOf(next),
          known === undefined ? isNew : { when: 'lastAt = :last', values: { last: known.last } },
        );
      }),

    all: () =>
      failing('heartbeats could not be read', async () => {
        const range = { consistent: false, limit: mostPerShard };
        const items = await table.queryAll(partitionsOf('heartbeat', {}), range);
        return items.map(heartbeatOf).filter((heartbeat) => heartbeat !== undefined);
      }),

    markNotified: ({ last, source }) =>
      failing('a silence could not be noted', async () => {
        await table.update(keyOfSource(source), {
          change: 'SET told = :last',
          when: 'lastAt = :last',
          values: { last },
        });
      }),
  };
}

function attributesOf({ first, last, longest, source, times, notified }: Heartbeat): Attributes {
  return {
    source: JSON.stringify(source),
    firstAt: first,
    lastAt: last,
    times,
    longest: JSON.stringify(longest),
    told: notified,
    expires: expiryOf('heartbeat', last),
  };
}

function heartbeatOf({ firstAt, lastAt, longest, source, times, told }: Item): Heartbeat | undefined {
  if (textOf(source) === '') return undefined;
  return {
    source: JSON.parse(textOf(source)) as Source,
    first: numberOf(firstAt),
    last: numberOf(lastAt),
    times: numberOf(times),
    longest: JSON.parse(textOf(longest) || '{}') as Heartbeat['longest'],
    ...(told !== undefined && { notified: numberOf(told) }),
  };
}

// The names of sources may hold anything; a digest may not, and spreads them evenly.
function keyOfSource(source: Source): Key {
  const digest = digestOf(sourceKey(source));
  return keyOf('heartbeat', { shard: shardOf('heartbeat', digest), source: digest });
}
