import {
  inOrder,
  WindowStoreError,
  type FiringMark,
  type WindowKey,
  type WindowMatch,
  type WindowSpan,
  type WindowStore,
} from '../../detect/correlation/window-store.ts';
import type { LogRecord } from '../../model/log-record.ts';
import { dayMs } from '../../time/days.ts';
import { digestOf, expiryOf, itemKinds, keyOf, partitionOf } from './keys.ts';
import { packLastRecords, packRecord, unpack } from './packed-record.ts';
import {
  bytesOf,
  failingAs,
  isNewAt,
  numberOf,
  openTable,
  textOf,
  unchangedSince,
  type Attributes,
  type Item,
  type StateTable,
} from './table.ts';

export interface DynamoWindowStoreOptions extends StateTable {
  readonly now: () => Date;
  /** How long matches and firings are kept after they were written: longer than the slowest path and a replay lag. */
  readonly rememberMs?: number;
  /** Matches read of one group at a time: the newest ones of the span. */
  readonly perGroup?: number;
}

/** Puts under way at once: enough to fill a batch's time, few enough for the client's sockets. */
const putsAtOnce = 25;
const maxFiredBytes = 300_000;

/**
 * createDynamoWindowStore keeps one item a match, and one item for a group's firings. All reads are consistent: of two writers at
 * the same time, the one that reads last sees both their matches, and the version of the firings lets only one of them mark.
 *
 * A group is one partition, of which DynamoDB takes some 1,000 writes a second; groups are people and addresses, so a burst
 * of many spreads over many. A burst of one beyond that is throttled and its batch comes again: nothing is lost, and what
 * it made fire fired with its first matches. Spreading one group over several partitions would not help: each batch reads
 * its group whole, and would then read them all.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html
 */
export function createDynamoWindowStore(options: DynamoWindowStoreOptions): WindowStore {
  const { now, rememberMs = itemKinds.window.expires.ms, perGroup = 5_000 } = options;
  const table = openTable(options);
  const failing = failingAs(WindowStoreError);

  // What was delivered before is refused, and nothing is left to do.
  const putMatch = (key: WindowKey, match: WindowMatch, keepMs: number): Promise<boolean> =>
    table.put(
      keyOf('window', {
        group: digestOfGroup(key),
        time: timeText(match.time),
        // Ids come from events and may be of any length; a sort key may not.
        match: digestOf(JSON.stringify([match.rule, match.id])),
      }),
      { ...attributesOf(match), expires: expiryOf('window', now().getTime(), keepMs) },
      isNewAt(now()),
    );

  const readFired = async (key: WindowKey): Promise<{ fired: readonly FiringMark[]; version: number }> => {
    const { fired, version } = (await table.get(keyOf('fired', { group: digestOfGroup(key) }))) ?? {};
    return { fired: JSON.parse(textOf(fired) || '[]') as FiringMark[], version: numberOf(version) };
  };

  const readMatches = async (
    key: WindowKey,
    { from, to }: WindowSpan,
  ): Promise<{ matches: readonly WindowMatch[]; completeFrom: number }> => {
    const read: WindowMatch[] = [];
    const newest = {
      pk: partitionOf('window', { group: digestOfGroup(key) }),
      // '$' follows '#', so the last instant's matches are within.
      between: [timeText(from), `${timeText(to)}$`],
      newestFirst: true,
      limit: perGroup + 1,
    } as const;
    for await (const item of table.query(newest)) read.push(matchOf(item));
    const matches = inOrder(read.slice(0, perGroup));
    // Of the oldest time read, matches may be missing: completeness begins after it.
    const completeFrom = read.length > perGroup ? (matches[0]?.time ?? 0) + 1 : -Infinity;
    return { matches, completeFrom };
  };

  return {
    add: (key, matches, span) =>
      failing(`the window of ${key.correlation} could not be written and read`, async () => {
        const keepMs = span.to - span.from + rememberMs;
        for (let index = 0; index < matches.length; index += putsAtOnce) {
          await Promise.all(matches.slice(index, index + putsAtOnce).map((match) => putMatch(key, match, keepMs)));
        }
        // Firings first: a firing that is marked between the two reads makes our own mark fail, so that we look again.
        const known = await readFired(key);
        return { ...(await readMatches(key, span)), ...known };
      }),

    mark: (key, fired, version) =>
      failing(`a firing of ${key.correlation} could not be marked`, () =>
        table.put(
          keyOf('fired', { group: digestOfGroup(key) }),
          {
            fired: JSON.stringify(fitting(fired)),
            version: version + 1,
            expires: expiryOf('fired', now().getTime(), rememberMs + spreadOf(fired)),
          },
          unchangedSince(version),
        ),
      ),
  };
}

/** The oldest firings lose the ids of their matches first, by which they would fire again; when they were stays known. */
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
  return times.length === 0 ? 0 : Math.min(Math.max(...times) - Math.min(...times), 30 * dayMs);
}

function attributesOf({ id, rule, record, through = [], group }: WindowMatch): Attributes {
  return {
    id,
    rule,
    record: packRecord(record),
    through: packLastRecords(through),
    group: group && JSON.stringify(group),
  };
}

function matchOf({ sk, id, rule, record, through, group }: Item): WindowMatch {
  return {
    id: textOf(id),
    time: Date.parse(textOf(sk).split('#')[0] ?? ''),
    rule: textOf(rule),
    record: unpack(bytesOf(record)) as LogRecord,
    ...(through !== undefined && { through: unpack(bytesOf(through)) as readonly LogRecord[] }),
    ...(group !== undefined && { group: JSON.parse(textOf(group)) as Record<string, string | null> }),
  };
}

function digestOfGroup({ correlation, group }: WindowKey): string {
  return digestOf(JSON.stringify([correlation, group]));
}

/** ISO 8601 of the years 0 to 9999 sorts as time does. */
function timeText(ms: number): string {
  const [min, max] = [-62_167_219_200_000, 253_402_300_799_999];
  return new Date(Math.min(Math.max(ms, min), max)).toISOString();
}
