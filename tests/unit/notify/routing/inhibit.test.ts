import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { layConfigurations } from '../../../../src/config/configuration.ts';
import { createDecider } from '../../../../src/notify/routing/decide.ts';
import {
  createInhibitions,
  type Inhibitions,
  type InhibitionSettings,
} from '../../../../src/notify/routing/inhibit.ts';
import { labelNames, type Labels } from '../../../../src/notify/routing/labels.ts';

const now = new Date('2026-03-14T12:00:00Z');
const hourMs = 3_600_000;

const bruteForce: InhibitionSettings = {
  name: 'brute-force',
  source: { rule: ['SSH brute force'] },
  target: { rule: ['SSH login failed', 'SSH brute *'] },
  equal: ['address', 'account'],
  forMs: hourMs,
  reason: 'the brute force covers them all',
};

const terminated: InhibitionSettings = {
  name: 'terminated',
  source: { action: ['terminated'] },
  target: { level: ['<= medium'] },
  equal: ['target'],
  forMs: 2 * hourMs,
  reason: 'it is gone',
};

/** Whether the second finding is muted once the first was told. */
function mutes(inhibitions: Inhibitions, first: Labels, second: Labels): boolean {
  const started = new Set(inhibitions.starts(first, now).map(({ key }) => key));
  return inhibitions.muting(second).some(({ key }) => started.has(key));
}

const attack: Labels = {
  rule: ['1', 'SSH brute force'],
  address: ['192.0.2.7'],
  account: ['111122223333', 'production'],
};
const failure: Labels = { ...attack, rule: ['2', 'SSH login failed'] };
const gone: Labels = { action: ['terminated'], target: ['i-1', 'subnet-1'], level: ['high'] };
const diskFull: Labels = { target: ['i-1'], level: ['medium'] };

describe('what mutes what', () => {
  test.each<[string, Labels, Labels, boolean]>([
    ['a source mutes a target that agrees', attack, failure, true],
    ['in whatever order the values stand', attack, { ...failure, account: ['production', '111122223333'] }, true],
    ['not from another address', attack, { ...failure, address: ['192.0.2.8'] }, false],
    ['nor when one of two labels differs', attack, { ...failure, account: ['444455556666'] }, false],
    ['nor when the target lacks a label', attack, { rule: failure.rule ?? [], account: failure.account ?? [] }, false],
    ['nor when both lack it', { rule: attack.rule ?? [] }, { rule: failure.rule ?? [] }, false],
    ['a target mutes nothing', failure, failure, false],
    ['what is no target is not muted', attack, { ...failure, rule: ['3', 'SSH root login'] }, false],
    ['what is on both sides does not mute itself', attack, attack, false],
    ['nor another that is on both', attack, { ...attack, rule: ['4', 'SSH brute force'] }, false],
    [
      'but what is only a source mutes what is on both',
      { ...gone, level: ['high'] },
      { ...gone, level: ['low'], target: ['i-1'] },
      true,
    ],
    ['and what is on both mutes what is only a target', { ...gone, level: ['low'] }, diskFull, true],
    ['one target in common is enough', gone, diskFull, true],
    ['none in common is not', gone, { ...diskFull, target: ['i-2'] }, false],
  ])('%s', (_rule, first, second, wanted) => {
    expect(mutes(createInhibitions([bruteForce, terminated]), first, second)).toBe(wanted);
  });

  test('inhibitions of different names do not meet', () => {
    const first = createInhibitions([bruteForce]);
    const second = createInhibitions([{ ...bruteForce, name: 'other' }]);
    const started = first.starts(attack, now).map(({ key }) => key);
    expect(second.muting(failure).map(({ key }) => key)).not.toEqual(expect.arrayContaining(started));
  });

  test('it is in force as long as it says, and says why', () => {
    const inhibitions = createInhibitions([bruteForce]);
    const [started] = inhibitions.starts(attack, now);
    expect(started).toMatchObject({ name: 'brute-force', untilMs: now.getTime() + hourMs });
    expect(started?.key).toMatch(/^[0-9a-f]{32}$/);
    expect(inhibitions.muting(failure)).toContainEqual({
      key: started?.key,
      name: 'brute-force',
      reason: 'the brute force covers them all',
    });
  });

  test('keys are the same wherever and whenever they are made', () => {
    const [first] = createInhibitions([bruteForce]).starts(attack, now);
    const [second] = createInhibitions([terminated, bruteForce]).starts(attack, new Date(0));
    expect(second?.key).toBe(first?.key);
  });

  test('a finding with thousands of targets makes few keys', () => {
    const many = { ...gone, target: Array.from({ length: 5000 }, (_, index) => `i-${index}`) };
    expect(createInhibitions([terminated]).starts(many, now)).toHaveLength(32);
  });
});

const hostile = fc.constantFrom('', '"', '","', '\\', '\\"', '[', ']', ',', '\u0000', '\ud800', 'a', '","address",["b');
const values = fc.array(hostile, { minLength: 1, maxLength: 3 });
const labelsOfAny = fc.record({ rule: values, address: values, account: values, target: values });

test('only equal values give equal keys, also for values that an attacker chose', () => {
  const any: InhibitionSettings = {
    name: 'any',
    source: {},
    target: {},
    equal: ['rule', 'address', 'account'],
    forMs: 1,
    reason: '',
  };
  const keyOf = (labels: Labels) => createInhibitions([any]).starts(labels, now)[0]?.key;
  const sorted = (labels: Labels) => any.equal.map((label) => labels[label]?.toSorted());
  fc.assert(
    fc.property(labelsOfAny, labelsOfAny, (one, other) => {
      const same = JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
      expect(keyOf(one) === keyOf(other)).toBe(same);
    }),
    { numRuns: 500 },
  );
});

test('whatever a finding is, it does not mute itself', () => {
  const match = fc.dictionary(fc.constantFrom(...labelNames.slice(1)), fc.constant(['*']), { maxKeys: 2 });
  fc.assert(
    fc.property(match, match, labelsOfAny, (source, target, labels) => {
      const inhibitions = createInhibitions([{ ...terminated, source, target, equal: ['target'] }]);
      expect(mutes(inhibitions, labels, labels)).toBe(false);
    }),
    { numRuns: 300 },
  );
});

test('no inhibition keeps a canary back, or counts on one', () => {
  const all: InhibitionSettings = { ...terminated, source: {}, target: {}, equal: ['level'] };
  const settings = layConfigurations([{ receivers: { sns: { kind: 'sns' } }, inhibitions: { all } }]);
  const { inhibitions } = createDecider(settings);
  const canary: Labels = { source: ['canary', 'trailwatch'], level: ['low'] };
  const other: Labels = { source: ['sshd', 'linux'], level: ['low'] };
  expect([inhibitions.starts(other, now), inhibitions.muting(other)].map(({ length }) => length)).toEqual([1, 1]);
  expect([inhibitions.starts(canary, now), inhibitions.muting(canary)]).toEqual([[], []]);
});
