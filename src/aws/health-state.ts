import { ConditionalCheckFailedException, type AttributeValue, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { HealthStateError } from '../health/heartbeat.ts';

/** HealthTable is where the stores of Trailwatch's own health keep their items. */
export interface HealthTable {
  readonly client: Pick<DynamoDBClient, 'send'>;
  /** A table with the keys `pk` and `sk`, and `expires` (epoch seconds) as its time to live. */
  readonly table: string;
}

export type Item = Record<string, AttributeValue>;

/**
 * inTable does a store's work.
 * @throws {HealthStateError} with what could not be done, for whatever the work throws.
 */
export async function inTable<T>(what: string, { table }: HealthTable, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new HealthStateError(`${what} (table ${table}): ${why}`, { cause });
  }
}

/** whetherWritten writes under a condition, and tells whether it held. */
export async function whetherWritten(write: () => Promise<unknown>): Promise<boolean> {
  try {
    await write();
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}

/** expiresAt is the item's end, so many milliseconds after a time. */
export function expiresAt(fromMs: number, keepMs: number): AttributeValue {
  return { N: String(Math.ceil((fromMs + keepMs) / 1_000)) };
}
