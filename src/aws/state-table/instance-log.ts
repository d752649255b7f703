import {
  factsRead,
  inOrder,
  InstanceLogError,
  type InstanceFact,
  type InstanceLog,
} from '../../detect/instance-story/instance-log.ts';
import { digestOf, expiryOf, keyOf, partitionOf } from './keys.ts';
import { failingAs, isNewAt, openTable, textOf, type StateTable } from './table.ts';

export interface DynamoInstanceLogOptions extends StateTable {
  readonly now: () => Date;
  /** How long a fact is kept after it was written: longer than the slowest path, and than dead letters wait for a replay. */
  readonly rememberMs?: number;
}

/** EC2's own notification has some 500 bytes. A far larger record is not one, and is not kept. */
const maxFactChars = 30_000;
/** ISO 8601 sorts as time does up to the year 9999. */
const lastTime = 253_402_300_799_999;

/** createDynamoInstanceLog keeps one item a fact. Of two writers at the same time, the one that reads last sees both their facts. */
export function createDynamoInstanceLog({ now, rememberMs, ...place }: DynamoInstanceLogOptions): InstanceLog {
  const table = openTable(place);
  const failing = failingAs(InstanceLogError);

  return {
    add: (fact) =>
      failing(`the story of instance ${fact.instance} could not be written`, async () => {
        const json = jsonOf(fact);
        if (json === undefined || json.length > maxFactChars) return;
        const { kind, eventId, instance, time } = fact;
        // Ids come from events and may be of any length; a sort key may not.
        const key = keyOf('instance', { instance, time, fact: `${kind}#${digestOf(eventId)}` });
        const expires = expiryOf('instance', now().getTime(), rememberMs);
        await table.put(key, { fact: json, expires }, isNewAt(now()));
      }),

    read: (instance, until) =>
      failing(`the story of instance ${instance} could not be read`, async () => {
        const facts: InstanceFact[] = [];
        const newest = {
          pk: partitionOf('instance', { instance }),
          // '$' follows '#', so the last instant's facts are within.
          upTo: `${new Date(Math.min(until, lastTime)).toISOString()}$`,
          newestFirst: true,
          limit: factsRead,
        };
        for await (const { fact } of table.query(newest)) facts.push(JSON.parse(textOf(fact)) as InstanceFact);
        return inOrder(facts);
      }),
  };
}

/** Undefined when a record is nested deeper than can be written. */
function jsonOf(fact: InstanceFact): string | undefined {
  try {
    return JSON.stringify(fact);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
