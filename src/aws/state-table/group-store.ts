import { createMemberRoll, groupStoreTimes, initialGroupState } from '../../notify/delivery/state/index.ts';
import type {
  Generation,
  GroupMember,
  GroupState,
  GroupStore,
  GroupStoreTimes,
} from '../../notify/delivery/state/index.ts';
import { digestOf, expiryOf, keyOf, partitionsOf, shardOf, type Key } from './keys.ts';
import { packGroup, unpackGroup } from './packed-group.ts';
import { bytesOf, numberOf, openTable, textOf, type Attributes, type Item, type StateTable } from './table.ts';

export interface DynamoGroupStoreOptions extends StateTable, Partial<GroupStoreTimes> {
  /** Gives each lease a name of its own. */
  readonly newToken: () => string;
}

/**
 * createDynamoGroupStore keeps of a group one item with what never changes, packed, one with its state and lease, and one for each
 * member; of a base, its last generation. A burst writes members only, which lie apart; the other items are written when a group
 * opens and when its receiver is notified.
 *
 * Every write is conditional where two could race. Reads are consistent: an invocation that has found a due entry sees what was
 * written before it.
 */
export function createDynamoGroupStore(options: DynamoGroupStoreOptions): GroupStore {
  const { newToken, leaseMs, keepMs } = { ...groupStoreTimes, ...options };
  const table = openTable(options);
  const expiresAfter = (ms: number): number => expiryOf('group', ms, keepMs);
  const stateKey = (group: string): Key => keyOf('groupState', { group });

  const latest = async (base: string): Promise<Generation | undefined> => {
    const item = await table.get(keyOf('openGroup', { base }));
    return item && generationOf(item);
  };

  return {
    latest,

    open: async (base, group, now) => {
      const { key, openedMs, closesMs, lead } = group;
      const expires = expiresAfter(closesMs);
      await table.put(keyOf('group', { group: key }), { group: packGroup(group), expires });
      const generation = { key, openedMs, closesMs, lead };
      if (base === undefined) return generation;
      for (;;) {
        const opened = await table.put(
          keyOf('openGroup', { base }),
          { key, opened: openedMs, closes: closesMs, lead, expires },
          { when: 'attribute_not_exists(pk) OR closes <= :now', values: { now: now.getTime() } },
        );
        if (opened) return generation;
        const other = await latest(base);
        if (other !== undefined) return other;
      }
    },

    join: async ({ key, closesMs }, { id, fingerprint, line }) => {
      const expires = expiresAfter(closesMs);
      await table.put(memberKey(key, id), { id, fingerprint, line: JSON.stringify(line), expires });
    },

    has: async ({ key }, member) => (await table.get(memberKey(key, member))) !== undefined,

    find: async (key) => {
      const packed = bytesOf((await table.get(keyOf('group', { group: key })))?.['group']);
      return packed && unpackGroup(packed);
    },

    members: async (key) => {
      const roll = createMemberRoll();
      const readShard = async (pk: string): Promise<void> => {
        for await (const item of table.query({ pk })) roll.add(memberOf(item));
      };
      await Promise.all(partitionsOf('member', { group: key }).map(readShard));
      return roll.read();
    },

    state: async (key) => stateOf((await table.get(stateKey(key))) ?? {}),

    lease: async ({ key, closesMs }, now) => {
      const token = newToken();
      const item = await table.update(stateKey(key), {
        change: 'SET #lease = :token, leaseUntil = :until, expires = :expires',
        when: 'attribute_not_exists(#lease) OR leaseUntil <= :now',
        values: {
          token,
          until: now.getTime() + leaseMs,
          now: now.getTime(),
          expires: expiresAfter(Math.max(closesMs, now.getTime())),
        },
        returns: 'ALL_NEW',
      });
      return item && { key, token, state: stateOf(item), revivals: numberOf(item['revivals']) };
    },

    record: async ({ key }, { token, revivals }, state) => {
      const attributes = attributesOf(state);
      const sets = Object.keys(attributes).filter((name) => attributes[name] !== undefined);
      const removes = Object.keys(attributes).filter((name) => attributes[name] === undefined);
      const recorded = await table.update(stateKey(key), {
        change: `SET ${sets.map((name) => `${name} = :${name}`).join(', ')} REMOVE ${['#lease', 'leaseUntil', ...removes].join(', ')}`,
        when: `#lease = :token AND ${revivals === 0 ? 'attribute_not_exists(revivals)' : 'revivals = :revivals'}`,
        values: { ...attributes, token, revivals: revivals === 0 ? undefined : revivals },
      });
      if (recorded !== undefined) return true;
      // Another holds the lease by now, or the group was revived: what was sent was sent all the same.
      await table.update(stateKey(key), {
        change: 'SET told = :told, settled = :settled',
        when: 'attribute_not_exists(told) OR told < :told',
        values: { told: state.notified, settled: state.settled },
      });
      await table.update(stateKey(key), {
        change: 'REMOVE #lease, leaseUntil',
        when: '#lease = :token',
        values: { token },
      });
      return false;
    },

    revive: async ({ key, closesMs }) => {
      await table.update(stateKey(key), {
        change:
          'SET settled = if_not_exists(told, :none), failures = :none, expires = :expires REMOVE failingSince, notBefore ADD revivals :one',
        values: { none: 0, one: 1, expires: expiresAfter(closesMs) },
      });
    },
  };
}

function generationOf({ key, opened, closes, lead }: Item): Generation {
  return { key: textOf(key), openedMs: numberOf(opened), closesMs: numberOf(closes), lead: textOf(lead) };
}

// Ids may be of any length; a sort key may not.
function memberKey(group: string, id: string): Key {
  const finding = digestOf(id);
  return keyOf('member', { group, shard: shardOf('member', finding), finding });
}

function memberOf({ id, fingerprint, line }: Item): GroupMember {
  return {
    id: textOf(id),
    fingerprint: textOf(fingerprint),
    line: JSON.parse(textOf(line) || '{}') as GroupMember['line'],
  };
}

// The attributes `told` and `toldAt` are what code calls `notified` and `notifiedMs`: tables in use have them.
function stateOf({ told, settled, failures, closed, failingSince, notBefore, toldAt, receipt }: Item): GroupState {
  return {
    ...initialGroupState,
    notified: numberOf(told),
    settled: numberOf(settled),
    failures: numberOf(failures),
    closed: closed === true,
    ...(failingSince !== undefined && { failingSinceMs: numberOf(failingSince) }),
    ...(notBefore !== undefined && { notBeforeMs: numberOf(notBefore) }),
    ...(toldAt !== undefined && { notifiedMs: numberOf(toldAt) }),
    ...(receipt !== undefined && { receipt: JSON.parse(textOf(receipt)) as Record<string, string> }),
  };
}

function attributesOf(state: GroupState): Attributes {
  return {
    told: state.notified,
    settled: state.settled,
    failures: state.failures,
    closed: state.closed,
    failingSince: state.failingSinceMs,
    notBefore: state.notBeforeMs,
    toldAt: state.notifiedMs,
    receipt: state.receipt && JSON.stringify(state.receipt),
  };
}
