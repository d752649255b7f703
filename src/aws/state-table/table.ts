import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';

/** StateTable is the stage's one table: keys `pk` and `sk`, and `expires` (epoch seconds) as its time to live. */
export interface StateTable {
  readonly client: Pick<DynamoDBClient, 'send'>;
  readonly table: string;
}

export type Item = Record<string, AttributeValue>;

/** expiresAt writes when an item may go, from milliseconds since 1970. */
export function expiresAt(ms: number): AttributeValue {
  return { N: String(Math.ceil(ms / 1000)) };
}

export function numberOf(value: AttributeValue | undefined): number {
  return Number(value?.N ?? 0);
}

/** unlessRefused does a conditional write; undefined when its condition did not hold. */
export async function unlessRefused<Result>(write: Promise<Result>): Promise<Result | undefined> {
  try {
    return await write;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return undefined;
    throw error;
  }
}
