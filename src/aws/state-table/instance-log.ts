import { createHash } from 'node:crypto';
import {
  ConditionalCheckFailedException,
  PutItemCommand,
  QueryCommand,
  type AttributeValue,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import {
  factsRead,
  inOrder,
  InstanceLogError,
  type InstanceFact,
  type InstanceLog,
} from '../../detect/instance-story/instance-log.ts';

export interface DynamoInstanceLogOptions {
  readonly client: Pick<DynamoDBClient, 'send'>;
  /** A table with the keys `pk` and `sk`, and `expires` (epoch seconds) as its time to live. */
  readonly table: string;
  readonly now: () => Date;
  /** How long a fact is kept after it was written: longer than the slowest path, and than dead letters wait for a replay. */
  readonly rememberMs?: number;
}

type Item = Record<string, AttributeValue>;

const aDay = 86_400_000;
/** EC2's own notification has some 500 bytes. A record far beyond that is none, and is not told again. */
const maxFactChars = 30_000;
/** ISO 8601 sorts as time does up to the year 9999. */
const lastTime = 253_402_300_799_999;

/**
 * createDynamoInstanceLog keeps one item a fact, `instance#<id>` / `<event time>#<fact>`. Reads are consistent: of two
 * writers at the same time, the one that reads last sees both their facts.
 */
export function createDynamoInstanceLog(options: DynamoInstanceLogOptions): InstanceLog {
  const { client, table, now, rememberMs = 14 * aDay } = options;

  return {
    add: (fact) =>
      wrapped(`${fact.instance} could not be written to table ${table}`, async () => {
        const json = jsonOf(fact);
        if (json === undefined || json.length > maxFactChars) return;
        const seconds = Math.floor(now().getTime() / 1_000);
        try {
          await client.send(
            new PutItemCommand({
              TableName: table,
              Item: {
                ...keyOf(fact),
                fact: { S: json },
                expires: { N: String(seconds + Math.ceil(rememberMs / 1_000)) },
              },
              // The time to live deletes late: what has expired is written anew, so that it is kept as long as any other.
              ConditionExpression: 'attribute_not_exists(pk) OR expires <= :now',
              ExpressionAttributeValues: { ':now': { N: String(seconds) } },
            }),
          );
        } catch (error) {
          // Delivered before: nothing to do.
          if (!(error instanceof ConditionalCheckFailedException)) throw error;
        }
      }),

    read: (instance, until) =>
      wrapped(`${instance} could not be read from table ${table}`, async () => {
        const { Items = [] } = await client.send(
          new QueryCommand({
            TableName: table,
            KeyConditionExpression: 'pk = :pk AND sk < :until',
            ExpressionAttributeValues: {
              ':pk': { S: partitionOf(instance) },
              // '$' follows '#', so the last instant's facts are within.
              ':until': { S: `${new Date(Math.min(until, lastTime)).toISOString()}$` },
            },
            ConsistentRead: true,
            ScanIndexForward: false,
            Limit: factsRead,
          }),
        );
        return inOrder(Items.map(factOf));
      }),
  };
}

async function wrapped<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new InstanceLogError(`the story of instance ${what}: ${why}`, { cause });
  }
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

function partitionOf(instance: string): string {
  return `instance#${instance}`;
}

function keyOf({ kind, eventId, instance, time }: InstanceFact): Item {
  // Ids come from events and may be of any length; a sort key may not.
  const digest = createHash('sha256').update(eventId).digest('hex').slice(0, 32);
  return { pk: { S: partitionOf(instance) }, sk: { S: `${time}#${kind}#${digest}` } };
}

function factOf(item: Item): InstanceFact {
  return JSON.parse(item['fact']?.S ?? '') as InstanceFact;
}
