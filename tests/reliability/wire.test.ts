import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { crowdProblems, runCrowd } from './wire-crowd.ts';
import { openWireFaults, type WireFault, type WireFaults } from './wire-faults.ts';

/** Only a test that hangs takes this long: no copy has a deadline, so that a busy machine fails no test. */
const hangsAfterMs = 600_000;

// The functions themselves, each in a process of its own, with local endpoints. `npm run reliability` tries every request; here
// are those round the send, where it matters most, and a few before.
describe('one invocation accepts a finding and notifies, and a fault happens', () => {
  let faults: WireFaults;
  let publish = 0;
  beforeAll(async () => {
    faults = await openWireFaults('unhurried');
    publish = faults.requests.indexOf('sns.Publish') + 1;
  }, hangsAfterMs);
  afterAll(() => faults.close());

  test.each<{ rule: string; fault: WireFault; at: () => number; redelivered: boolean; mostRepeats: number }>([
    {
      rule: 'killed after its first request, which claimed the finding',
      fault: { kind: 'death', when: 'after' },
      at: () => 1,
      redelivered: true,
      mostRepeats: 0,
    },
    {
      rule: 'killed while it opens a group',
      fault: { kind: 'death', when: 'before' },
      at: () => 12,
      redelivered: true,
      mostRepeats: 0,
    },
    {
      rule: 'killed when it published, before it knows',
      fault: { kind: 'death', when: 'after' },
      at: () => publish,
      redelivered: true,
      mostRepeats: 1,
    },
    {
      rule: 'killed before it records',
      fault: { kind: 'death', when: 'before' },
      at: () => publish + 3,
      redelivered: true,
      mostRepeats: 2,
    },
    {
      rule: 'throttled once',
      fault: { kind: 'once', what: 'busy' },
      at: () => 3,
      redelivered: false,
      mostRepeats: 0,
    },
    {
      rule: 'the table is broken while it accepts: the queue brings it again',
      fault: { kind: 'outage', what: 'broken' },
      at: () => 3,
      redelivered: true,
      mostRepeats: 0,
    },
    {
      rule: 'connections to the table break from the send on: the flush notifies',
      fault: { kind: 'outage', what: 'reset' },
      at: () => publish - 1,
      redelivered: false,
      mostRepeats: 2,
    },
    {
      rule: 'the answer to a request round the send gets lost',
      fault: { kind: 'once', what: 'lost' },
      at: () => publish - 3,
      redelivered: false,
      mostRepeats: 1,
    },
  ])(
    '$rule',
    async ({ fault, at, redelivered, mostRepeats }) => {
      const done = await faults.run(fault, at());
      expect(done.problems).toEqual([]);
      expect(done.redelivered).toBe(redelivered);
      expect(done.repeats).toBeLessThanOrEqual(mostRepeats);
    },
    hangsAfterMs,
  );
});

test(
  'processes that deliver one group at once notify once, and count exactly',
  async () => {
    const crowd = await runCrowd({ processes: 4, each: 10 });
    expect(crowdProblems(crowd)).toEqual([]);
  },
  hangsAfterMs,
);
