import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { HealthStateError } from '../../health/heartbeat.ts';
import type { StateTable } from './table.ts';

/**
 * inTable does a store's work.
 * @throws {HealthStateError} with what could not be done, for whatever the work throws.
 */
export async function inTable<T>(what: string, { table }: StateTable, work: () => Promise<T>): Promise<T> {
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
