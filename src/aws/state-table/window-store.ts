import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import {
  ConditionalCheckFailedException,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type AttributeValue,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import {
  inOrder,
  WindowStoreError,
  type FiringMark,
  type WindowKey,
  type WindowMatch,
  type WindowSpan,
  type WindowStore,
} from '../../detect/correlation/window-store.ts';
import type { Fields, LogRecord } from '../../model/log-record.ts';

export interface DynamoWindowStoreOptions {
  readonly client: Pick<DynamoDBClient, 'send'>;
  /** A table with the keys `pk` and `sk`, and `expires` (epoch seconds) as its time to live. */
  readonly table: string;
  readonly now: () => Date;
  /** How long matches and firings are kept after they were written: longer than the slowest path and a replay lag. */
  readonly rememberMs?: number;
  /** Matches read of one group at a time: the newest ones of the span. */
  readonly perGroup?: number;
}

type Item = Record<string, AttributeValue>;

const aDay = 86_400_000;
/** Puts under way at once: enough to fill a batch's time, few enough for the client's sockets. */
const putsAtOnce = 25;
/** An item may hold 400 KB; a record that is larger than this when packed keeps its short fields only. */
const maxPackedBytes = 100_000;
const maxFieldChars = 1_000;
const maxFiredBytes = 300_000;
/** What is packed is unpacked again with this limit. */
const maxRecordBytes = 16_000_000;

/**
 * createDynamoWindowStore keeps one item a match, `window#<group>` / `<event time>#<match>`, and one item for a group's
 * firings, `fired#<group>` / `fired`. All reads are consistent: of two writers at the same time, the one that reads last
 * sees both their matches, and the version of the firings lets only one of them mark.
 *
 * A group is one partition, of which DynamoDB takes some 1,000 writes a second; groups are people and addresses, so a burst
 * of many spreads over many. A burst of one beyond that is throttled and its batch comes again: nothing is lost, and what
 * it made fire fired with its first matches. Spreading one group over several partitions would not help: each batch reads
 * its group whole, and would then read them all.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html
 */
export function createDynamoWindowStore(options: DynamoWindowStoreOptions): WindowStore {
  const { client, table, now, rememberMs = 3 * aDay, perGroup = 5_000 } = options;
  const nowSeconds = (): number => Math.floor(now().getTime() / 1_000);
  const expiresAfter = (ms: number): AttributeValue => ({ N: String(nowSeconds() + Math.ceil(ms / 1_000)) });

  const putMatch = async (key: WindowKey, match: WindowMatch, keepMs: number): Promise<void> => {
    try {
      await client.send(
        new PutItemCommand({
          TableName: table,
          Item: { ...itemOf(key, match), expires: expiresAfter(keepMs) },
          // The time to live deletes late: what has expired is written anew, so that it is kept as long as any other.
          ConditionExpression: 'attribute_not_exists(pk) OR expires <= :now',
          ExpressionAttributeValues: { ':now': { N: String(nowSeconds()) } },
        }),
      );
    } catch (error) {
      // Delivered before: nothing to do.
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  };

  const readFired = async (key: WindowKey): Promise<{ fired: readonly FiringMark[]; version: number }> => {
    const { Item } = await client.send(
      new GetItemCommand({ TableName: table, Key: firedKey(key), ConsistentRead: true }),
    );
    if (Item === undefined) return { fired: [], version: 0 };
    return { fired: JSON.parse(Item['fired']?.S ?? '[]') as FiringMark[], version: Number(Item['version']?.N ?? 0) };
  };

  const readMatches = async (
    key: WindowKey,
    { from, to }: WindowSpan,
  ): Promise<{ matches: readonly WindowMatch[]; completeFrom: number }> => {
    const items: Item[] = [];
    let start: Item | undefined;
    do {
      const page = await client.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
          // '$' follows '#', so the last instant's matches are within.
          ExpressionAttributeValues: {
            ':pk': { S: windowPartition(key) },
            ':from': { S: timeText(from) },
            ':to': { S: `${timeText(to)}$` },
          },
          ConsistentRead: true,
          ScanIndexForward: false,
          Limit: perGroup + 1 - items.length,
          ...(start === undefined ? {} : { ExclusiveStartKey: start }),
        }),
      );
      items.push(...(page.Items ?? []));
      start = page.LastEvaluatedKey;
    } while (start !== undefined && items.length <= perGroup);
    const matches = inOrder(items.slice(0, perGroup).map(matchOf));
    // Of the oldest time read, matches may be missing: completeness begins after it.
    const completeFrom = items.length > perGroup ? (matches[0]?.time ?? 0) + 1 : -Infinity;
    return { matches, completeFrom };
  };

  return {
    add: (key, matches, span) =>
      wrapped(`the window of ${key.correlation} in table ${table} could not be written and read`, async () => {
        const keepMs = span.to - span.from + rememberMs;
        for (let index = 0; index < matches.length; index += putsAtOnce) {
          await Promise.all(matches.slice(index, index + putsAtOnce).map((match) => putMatch(key, match, keepMs)));
        }
        // Firings first: who marks one between the two reads makes our own mark fail, so that we look again.
        const known = await readFired(key);
        return { ...(await readMatches(key, span)), ...known };
      }),

    mark: (key, fired, version) =>
      wrapped(`a firing of ${key.correlation} could not be marked in table ${table}`, async () => {
        try {
          await client.send(
            new PutItemCommand({
              TableName: table,
              Item: {
                ...firedKey(key),
                fired: { S: JSON.stringify(fitting(fired)) },
                version: { N: String(version + 1) },
                expires: expiresAfter(rememberMs + spreadOf(fired)),
              },
              ConditionExpression: version === 0 ? 'attribute_not_exists(pk)' : 'version = :version',
              ...(version === 0 ? {} : { ExpressionAttributeValues: { ':version': { N: String(version) } } }),
            }),
          );
          return true;
        } catch (error) {
          if (error instanceof ConditionalCheckFailedException) return false;
          throw error;
        }
      }),
  };
}

async function wrapped<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw new WindowStoreError(`${what}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

/** The oldest firings lose the ids of their matches first, by which they would be told again; when they were stays known. */
function fitting(fired: readonly FiringMark[]): readonly FiringMark[] {
  let room = maxFiredBytes;
  const newestFirst = fired.toReversed().map((mark) => {
    room -= Buffer.byteLength(JSON.stringify(mark));
    return room >= 0 ? mark : { ...mark, by: [] };
  });
  return newestFirst.toReversed();
}

/** Firings of one item expire together, so the item lives on for as long as they lie apart. */
function spreadOf(fired: readonly FiringMark[]): number {
  const times = fired.map(({ time }) => time);
  return times.length === 0 ? 0 : Math.min(Math.max(...times) - Math.min(...times), 30 * aDay);
}

function itemOf(key: WindowKey, match: WindowMatch): Item {
  return {
    pk: { S: windowPartition(key) },
    // Ids come from events and may be of any length; a sort key may not.
    sk: { S: `${timeText(match.time)}#${digest([match.rule, match.id])}` },
    id: { S: match.id },
    rule: { S: match.rule },
    record: { B: pack(match.record) },
    ...throughOf(match),
    ...(match.group === undefined ? {} : { group: { S: JSON.stringify(match.group) } }),
  };
}

function matchOf(item: Item): WindowMatch {
  const group = item['group']?.S;
  return {
    id: item['id']?.S ?? '',
    time: Date.parse((item['sk']?.S ?? '').split('#')[0] ?? ''),
    rule: item['rule']?.S ?? '',
    record: unpack(item['record']?.B) as LogRecord,
    ...(item['through'] === undefined ? {} : { through: unpack(item['through'].B) as readonly LogRecord[] }),
    ...(group === undefined ? {} : { group: JSON.parse(group) as Record<string, string | null> }),
  };
}

function pack(record: LogRecord): Uint8Array {
  return packWhole(record) ?? gzipSync(JSON.stringify({ ...record, fields: shortFields(record.fields) }));
}

/** Packs a value, unless it is too large for its place in an item. */
function packWhole(value: unknown): Uint8Array | undefined {
  try {
    const text = JSON.stringify(value);
    if (Buffer.byteLength(text) > maxRecordBytes) return undefined;
    const packed = gzipSync(text);
    return packed.length <= maxPackedBytes ? packed : undefined;
  } catch {
    // Nested deeper than the stack: as too large.
    return undefined;
  }
}

/** Of the records behind a firing the last ones are kept, as many as there is room for. */
function throughOf({ through = [] }: WindowMatch): Item {
  const short = through.map((record) => ({ ...record, fields: shortFields(record.fields) }));
  for (let kept = through.length; kept > 0; kept = Math.floor(kept / 2)) {
    const packed = packWhole(through.slice(-kept)) ?? packWhole(short.slice(-kept));
    if (packed !== undefined) return { through: { B: packed } };
  }
  return {};
}

/** A correlation shows who, what and where: that is in short fields. The whole record is in the archive, by its id. */
function shortFields(fields: Fields): Fields {
  let room = maxPackedBytes;
  const short = Object.entries(fields).filter(([, value]) => {
    const length = jsonLength(value);
    if (length > maxFieldChars || length > room) return false;
    room -= length;
    return true;
  });
  return Object.fromEntries(short);
}

function jsonLength(value: unknown): number {
  try {
    return JSON.stringify(value)?.length ?? 0;
  } catch {
    return Infinity;
  }
}

function unpack(bytes: Uint8Array = new Uint8Array()): unknown {
  return JSON.parse(gunzipSync(bytes, { maxOutputLength: maxRecordBytes }).toString('utf8'));
}

function windowPartition({ correlation, group }: WindowKey): string {
  return `window#${digest([correlation, group])}`;
}

function firedKey({ correlation, group }: WindowKey): Item {
  return { pk: { S: `fired#${digest([correlation, group])}` }, sk: { S: 'fired' } };
}

/** ISO 8601 of the years 0 to 9999 sorts as time does. */
function timeText(ms: number): string {
  const [min, max] = [-62_167_219_200_000, 253_402_300_799_999];
  return new Date(Math.min(Math.max(ms, min), max)).toISOString();
}

function digest(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}
