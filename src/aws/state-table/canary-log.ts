import type { CanaryLog } from '../../health/canary.ts';
import { HealthStateError } from '../../health/heartbeat.ts';
import { expiryOf, keyOf } from './keys.ts';
import { failingAs, isNew, openTable, textOf, type StateTable } from './table.ts';

/** An ID that isn't ours may have any length; a key may not. */
const maxIdChars = 100;

/** createDynamoCanaryLog keeps one item a canary. */
export function createDynamoCanaryLog(place: StateTable): CanaryLog {
  const table = openTable(place);
  const failing = failingAs(HealthStateError);
  return {
    sent: (canary, at) =>
      failing(`the canary ${canary} could not be noted`, async () => {
        // Of a run that is tried again, the first time is when it was sent.
        const attributes = { sentAt: at.toISOString(), expires: expiryOf('canary', at.getTime()) };
        await table.put(keyOf('canary', { canary }), attributes, isNew);
      }),

    async returned(canary, at) {
      if (canary === '' || canary.length > maxIdChars) return { kind: 'unknown' };
      return failing('the return of a canary could not be noted', async () => {
        const key = keyOf('canary', { canary });
        const first = await table.update(key, {
          change: 'SET returnedAt = :at',
          when: 'attribute_exists(pk) AND attribute_not_exists(returnedAt)',
          values: { at: at.toISOString() },
        });
        const sent = textOf((await table.get(key))?.['sentAt']);
        if (sent === '') return { kind: 'unknown' };
        return first === undefined ? { kind: 'again' } : { kind: 'returned', sent: new Date(sent) };
      });
    },
  };
}
