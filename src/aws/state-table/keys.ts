import { createHash } from 'node:crypto';
import { rememberMs as heartbeatMs } from '../../health/heartbeat.ts';
import { groupStoreTimes, seenStoreTimes } from '../../notify/delivery/state/index.ts';
import { dayMs } from '../../time/days.ts';

/** ItemKind says where the items of one kind lie in the state table, what they hold, and when they expire. */
export interface ItemKind {
  /** The partition key. It begins with a prefix that ends in `#`, by which roles are granted partitions; parts are in braces. */
  readonly pk: string;
  /** The sort key, with its parts in braces. */
  readonly sk: string;
  readonly holds: string;
  /** In how many partitions the items of one thing lie: each takes some 1,000 writes a second. */
  readonly shards?: number;
  /** The time to live: milliseconds after a moment. */
  readonly expires: { readonly ms: number; readonly after: string } | 'never';
}

/** Longer than the slowest path takes, and than dead letters wait to be sent again. */
const aReplayLater = 16 * dayMs;

/**
 * itemKinds lists every kind of item in the state table. The stores make their keys from it, the roles their conditions, and the
 * documentation its table. Deployed stages hold items by these keys: a layout that changes strands what was written before.
 */
export const itemKinds = {
  window: {
    pk: 'window#{group}',
    sk: '{time}#{match}',
    holds: 'a match of a correlation',
    expires: { ms: 3 * dayMs, after: 'its span' },
  },
  fired: {
    pk: 'fired#{group}',
    sk: 'fired',
    holds: "a group's firings of a correlation",
    expires: { ms: 3 * dayMs, after: 'a firing' },
  },
  sighting: {
    pk: 'sighting#{group}',
    sk: '{value}',
    holds: 'when a group showed a value',
    expires: { ms: 30 * dayMs, after: 'the last' },
  },
  instance: {
    pk: 'instance#{instance}',
    sk: '{time}#{fact}',
    holds: 'what happened to an EC2 instance',
    expires: { ms: 14 * dayMs, after: 'the write' },
  },
  heartbeat: {
    pk: 'heartbeat#{shard}',
    sk: '{source}',
    holds: "a source's last record and silences",
    shards: 8,
    expires: { ms: heartbeatMs, after: 'the record' },
  },
  seen: {
    pk: 'seen#{finding}',
    sk: '{receiver}',
    holds: 'a delivery: leased, done or parked',
    expires: { ms: seenStoreTimes.rememberMs, after: 'a change' },
  },
  group: {
    pk: 'group#{group}',
    sk: 'first',
    holds: 'a group and its first finding',
    expires: { ms: groupStoreTimes.keepMs, after: 'its close' },
  },
  groupState: {
    pk: 'group#{group}',
    sk: 'state',
    holds: 'what a group sent, and its lease',
    expires: { ms: groupStoreTimes.keepMs, after: 'its close' },
  },
  openGroup: {
    pk: 'group#{base}',
    sk: 'open',
    holds: "a group's last generation",
    expires: { ms: groupStoreTimes.keepMs, after: 'its close' },
  },
  member: {
    pk: 'member#{group}#{shard}',
    sk: '{finding}',
    holds: 'a finding of a group',
    shards: 8,
    expires: { ms: groupStoreTimes.keepMs, after: 'its close' },
  },
  due: {
    pk: 'due#{receiver}#{shard}',
    sk: '{time}#{group}#{id}',
    holds: 'a group that is due',
    shards: 4,
    expires: { ms: 30 * dayMs, after: 'that time' },
  },
  dueReceiver: {
    pk: 'due#receivers',
    sk: '{receiver}',
    holds: 'a receiver that has had due groups',
    expires: { ms: 90 * dayMs, after: 'the write' },
  },
  throttle: {
    pk: 'throttle#{scope}',
    sk: 'now',
    holds: 'the groups that a limit let through',
    expires: { ms: 0, after: 'its period' },
  },
  circuit: {
    pk: 'circuit#{receiver}',
    sk: 'circuit',
    holds: "a receiver's failures and pause",
    expires: { ms: 7 * dayMs, after: 'a change' },
  },
  inhibition: {
    pk: 'inhibit#{key}',
    sk: 'active',
    holds: 'until when a finding inhibits others',
    expires: { ms: 0, after: 'that time' },
  },
  failed: {
    pk: 'failed#{finding}',
    sk: 'receivers',
    holds: 'the receivers that refused a finding',
    expires: { ms: 7 * dayMs, after: 'a failure' },
  },
  tally: {
    pk: 'tally#{day}#{shard}',
    sk: '{kind}#{name}',
    holds: "a count for the day's digest",
    shards: 4,
    expires: { ms: 100 * dayMs, after: 'a count' },
  },
  arrival: {
    pk: 'arrival#{finding}',
    sk: 'arrival',
    holds: 'the paths by which a finding came',
    expires: { ms: aReplayLater, after: 'a path' },
  },
  canary: {
    pk: 'canary#{canary}',
    sk: 'canary',
    holds: 'when a canary was sent and returned',
    expires: { ms: aReplayLater, after: 'sending' },
  },
  trial: {
    pk: 'trial#{trial}#{shard}',
    sk: 'count',
    holds: "a trial's counts and an example",
    shards: 8,
    expires: { ms: 100 * dayMs, after: 'a finding' },
  },
  // A trial that ended is announced once, for as long as it stands in the configuration: for some years.
  notified: {
    pk: 'told#{subject}',
    sk: 'told',
    holds: 'that a notification was sent',
    expires: { ms: 1_000 * dayMs, after: 'sending' },
  },
  copiedFolder: {
    pk: 'archive#{copy}',
    sk: 'folder#{day}',
    holds: 'a day of the columnar copy',
    expires: 'never',
  },
  copyLease: {
    pk: 'archive#lease',
    sk: 'copy',
    holds: 'which run fills the columnar copy',
    expires: { ms: 0, after: 'the lease' },
  },
} as const satisfies Readonly<Record<string, ItemKind>>;

export type ItemKindName = keyof typeof itemKinds;

/** Key is the primary key of an item. */
export interface Key {
  readonly pk: string;
  readonly sk: string;
}

/** The names in braces of a layout. */
type PartOf<Layout extends string> = Layout extends `${string}{${infer Part}}${infer Rest}`
  ? Part | PartOf<Rest>
  : never;
type Parts<Layout extends string> = Readonly<Record<PartOf<Layout>, string | number>>;
type LayoutOf<Name extends ItemKindName, Attribute extends keyof Key> = (typeof itemKinds)[Name][Attribute];

/** keyOf makes the key of an item from the parts of its layout. */
export function keyOf<Name extends ItemKindName>(
  name: Name,
  parts: Parts<LayoutOf<Name, 'pk'>> & Parts<LayoutOf<Name, 'sk'>>,
): Key {
  const { pk, sk } = itemKinds[name];
  return { pk: filled(pk, parts), sk: filled(sk, parts) };
}

/** partitionOf makes the partition key alone, for queries. */
export function partitionOf<Name extends ItemKindName>(name: Name, parts: Parts<LayoutOf<Name, 'pk'>>): string {
  return filled(itemKinds[name].pk, parts);
}

type ShardedKindName = {
  [Name in ItemKindName]: (typeof itemKinds)[Name] extends { shards: number } ? Name : never;
}[ItemKindName];

/** partitionsOf makes the partition keys of all shards. */
export function partitionsOf<Name extends ShardedKindName>(
  name: Name,
  parts: Omit<Parts<LayoutOf<Name, 'pk'>>, 'shard'>,
): readonly string[] {
  const { pk, shards } = itemKinds[name];
  return Array.from({ length: shards }, (_, shard) => filled(pk, { ...parts, shard }));
}

/** shardOf chooses a shard by a digest: text that begins with two hexadecimal digits. */
export function shardOf(name: ShardedKindName, digest: string): number {
  return parseInt(digest.slice(0, 2), 16) % itemKinds[name].shards || 0;
}

/** digestOf makes a part of a key from text of any length and any content: 32 hexadecimal digits of its SHA-256. */
export function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

/** expiryOf gives the time to live of an item in epoch seconds, `fromMs` being the moment that its kind counts from. */
export function expiryOf(
  name: Exclude<ItemKindName, 'copiedFolder'>,
  fromMs: number,
  keptMs = itemKinds[name].expires.ms,
): number {
  return Math.ceil((fromMs + keptMs) / 1_000);
}

/**
 * leadingKeys gives the patterns of partition keys for the condition `dynamodb:LeadingKeys` of a role that may use items of
 * these kinds: `['group#*', 'seen#*']`, sorted.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
 */
export function leadingKeys(...names: readonly ItemKindName[]): readonly string[] {
  const patterns = names.map((name) => `${itemKinds[name].pk.split('#')[0]}#*`);
  return [...new Set(patterns)].toSorted();
}

function filled(layout: string, parts: Readonly<Record<string, string | number>>): string {
  return layout.replaceAll(/\{(\w+)\}/g, (_all, part: string) => String(parts[part]));
}
