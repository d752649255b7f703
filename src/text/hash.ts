import { hash } from 'node:crypto';

/**
 * hashOf names a list of values by 32 hex digits: the same list has the same name everywhere. JSON frames the values, so that
 * two different lists never run together to the same text, whatever the values hold.
 */
export function hashOf(parts: readonly unknown[]): string {
  // Half of the digest's bytes instead of half of its text: a slice would keep the whole text in memory behind each name.
  return hash('sha256', JSON.stringify(parts), 'buffer').toString('hex', 0, 16);
}
