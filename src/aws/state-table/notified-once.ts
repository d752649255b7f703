import { HealthStateError } from '../../health/heartbeat.ts';
import type { NotifiedOnce } from '../../health/notified-once.ts';
import { expiryOf, keyOf } from './keys.ts';
import { failingAs, openTable, type StateTable } from './table.ts';

/** createDynamoNotifiedOnce keeps one item for each subject. */
export function createDynamoNotifiedOnce(place: StateTable): NotifiedOnce {
  const table = openTable(place);
  const failing = failingAs(HealthStateError);
  return {
    has: (what) =>
      failing(`whether ${what} was notified could not be read`, async () => {
        return (await table.get(keyOf('notified', { subject: what }))) !== undefined;
      }),
    set: (what, at) =>
      failing(`that ${what} was notified could not be noted`, async () => {
        await table.put(keyOf('notified', { subject: what }), {
          at: at.toISOString(),
          expires: expiryOf('notified', at.getTime()),
        });
      }),
  };
}
