import { intrusionOf, type Step } from './intrusion.ts';
import { machinesOf } from './machines.ts';
import { peopleOf } from './people.ts';
import { createRandom } from './random.ts';
import type { CloudTrailRecord } from './record.ts';

const dayMs = 86_400_000;
const begin = Date.parse('2026-04-06T00:00:00Z');

/** The days that the organization's records span. */
const days = 14;

/** ordinaryRecords gives a busy organization's records in order of time, a day at a time: three accounts in which nothing bad happens. */
export function* ordinaryRecords(seed = 1): Iterable<readonly CloudTrailRecord[]> {
  const random = createRandom(seed);
  for (let day = 0; day < days; day += 1) {
    const at = begin + day * dayMs;
    yield [...peopleOf(random, at), ...machinesOf(random, at, day)].toSorted(inTime);
  }
}

/** intrusion gives what somebody did there on the afternoon of the twelfth day. */
export function intrusion(seed = 2): readonly Step[] {
  return intrusionOf(createRandom(seed), begin + 11 * dayMs + 14 * 3_600_000);
}

export function inTime(a: CloudTrailRecord, b: CloudTrailRecord): number {
  return a.eventTime < b.eventTime ? -1 : a.eventTime > b.eventTime ? 1 : 0;
}
