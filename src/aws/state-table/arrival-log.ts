import type { ArrivalLog } from '../../health/arrivals.ts';
import { HealthStateError } from '../../health/heartbeat.ts';
import type { Path } from '../../health/source.ts';
import { expiryOf, keyOf } from './keys.ts';
import { failingAs, openTable, textOf, type StateTable } from './table.ts';

/**
 * createDynamoArrivalLog keeps one item a finding: the first path, and all of them. An arrival is one conditional write, so of two
 * copies at the same time one is first.
 */
export function createDynamoArrivalLog(place: StateTable): ArrivalLog {
  const table = openTable(place);
  const failing = failingAs(HealthStateError);
  return {
    add: (finding, path, at) =>
      failing('the path by which a finding came could not be noted', async () => {
        const item = await table.update(keyOf('arrival', { finding }), {
          change:
            'SET firstPath = if_not_exists(firstPath, :path), firstAt = if_not_exists(firstAt, :at), expires = :expires ADD paths :paths',
          when: 'attribute_not_exists(paths) OR NOT contains(paths, :path)',
          values: {
            path,
            paths: new Set([path]),
            at: at.toISOString(),
            expires: expiryOf('arrival', at.getTime()),
          },
          returns: 'ALL_NEW',
        });
        return item && { path: textOf(item['firstPath']) as Path, at: new Date(textOf(item['firstAt'])) };
      }),
  };
}
