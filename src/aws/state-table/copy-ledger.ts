import type { CopiedFolder, CopyLease, CopyLedger } from '../../archive/copy/copy-ledger.ts';
import { digestOf, expiryOf, keyOf, partitionOf } from './keys.ts';
import { openTable, textOf, type StateTable } from './table.ts';

/** Sort keys after every day's, and before whatever else might lie in the partition. */
const lastDay = '9999/99/99';

/** createDynamoCopyLedger keeps an item a folder of the copy at a location. */
export function createDynamoCopyLedger(place: StateTable, location: string): CopyLedger {
  const table = openTable(place);
  const copy = digestOf(location);
  const keyOfDay = (day: string) => keyOf('copiedFolder', { copy, day });
  const days = (to: string) =>
    table.query({ pk: partitionOf('copiedFolder', { copy }), between: [keyOfDay('').sk, keyOfDay(to).sk] });
  return {
    async folders() {
      const folders: CopiedFolder[] = [];
      for await (const { folder } of days(lastDay)) folders.push(JSON.parse(textOf(folder)) as CopiedFolder);
      return folders;
    },
    async record(folder) {
      await table.put(keyOfDay(folder.day), { folder: JSON.stringify(folder) });
    },
    async forget(before) {
      const first = keyOfDay(before);
      for await (const item of days(before)) {
        const sk = textOf(item['sk']);
        if (sk < first.sk) await table.remove({ pk: first.pk, sk });
      }
    },
  };
}

/** createDynamoCopyLease keeps one item, which its holder may renew and others may take once it has ended. */
export function createDynamoCopyLease(place: StateTable): CopyLease {
  const table = openTable(place);
  const key = keyOf('copyLease', {});
  return {
    take: (holder, now, until) =>
      table.put(
        key,
        { holder, until: until.toISOString(), expires: expiryOf('copyLease', until.getTime()) },
        {
          when: 'attribute_not_exists(pk) OR holder = :holder OR #until <= :now',
          values: { holder, now: now.toISOString() },
        },
      ),
    async release(holder) {
      await table.remove(key, { when: 'holder = :holder', values: { holder } });
    },
  };
}
