import { describe, expect, test } from '@jest/globals';
import {
  initialGroupState,
  type FindingGroup,
  type GroupState,
} from '../../../../src/notify/delivery/state/group-store.ts';
import { nextStepMs, placementOf } from '../../../../src/notify/delivery/placement.ts';
import { defaultPolicy } from '../../../../src/notify/routing/policy.ts';
import { graceMs, retryOf, nextStepOf, type NextStepFacts } from '../../../../src/notify/delivery/next-step.ts';
import { rootLogin, sshRootLogin } from '../specimens.ts';

const start = Date.parse('2026-03-14T12:00:00Z');
const minute = 60_000;
const hour = 60 * minute;

const group: FindingGroup = {
  key: 'k',
  openedMs: start,
  closesMs: start + 4 * hour,
  lead: rootLogin.id,
  receiver: 'mail',
  finding: rootLogin,
  policy: defaultPolicy,
  groupReason: 'the same alert',
  alone: false,
  allReceivers: ['mail'],
};
const notified: GroupState = { ...initialGroupState, notified: 1, settled: 1, notifiedMs: start };
const roll = (count: number): NextStepFacts['roll'] => ({ count, since: '', until: '', latest: [], mixed: false });
const quiet = { from: '22:00', to: '07:00', days: [], timezone: 'UTC', except: 'critical' } as const;

describe('a group’s turn', () => {
  test.each<[rule: string, facts: Partial<NextStepFacts> & { readonly ms?: number }, turn: object]>([
    ['is the first notification of a new group', {}, { kind: 'notify', notification: 'first' }],
    ['is nothing without new findings', { state: notified }, { kind: 'nothing' }],
    [
      'is to wait a while after a notification',
      { state: notified, roll: roll(2), ms: minute },
      { kind: 'wait', untilMs: start + 5 * minute },
    ],
    [
      'is an update with the findings since',
      { state: notified, roll: roll(3), ms: 5 * minute },
      { kind: 'notify', notification: 'update', why: '2 more since the last notification' },
    ],
    [
      'is to wait for more where its route says so',
      { group: { ...group, policy: { ...defaultPolicy, waitMs: minute } } },
      { kind: 'wait', untilMs: start + minute },
    ],
    [
      'is to wait for the time that was set, for which there is an entry',
      { state: { ...initialGroupState, notBeforeMs: start + 7 } },
      { kind: 'wait', untilMs: start + 7, scheduled: true },
    ],
    [
      'is to wait for the end of quiet hours',
      { group: { ...group, policy: { ...defaultPolicy, quiet } }, ms: 11 * hour },
      { kind: 'wait', untilMs: Date.parse('2026-03-15T07:00:00Z'), why: 'quiet hours', scheduled: false },
    ],
    [
      'of an addition is to wait for its alert',
      { parent: initialGroupState },
      { kind: 'wait', untilMs: start + minute },
    ],
    ['of an addition is to notify once its alert has', { parent: notified }, { kind: 'notify', notification: 'first' }],
    [
      'of an addition waits no longer for an alert that is given up',
      { parent: { ...initialGroupState, settled: 1 } },
      { kind: 'notify' },
    ],
    ['of an addition does not wait for ever', { parent: initialGroupState, ms: hour }, { kind: 'notify' }],
    [
      'is to close when nothing more can come',
      { state: notified, closes: true, ms: 4 * hour + graceMs },
      { kind: 'close' },
    ],
    [
      'is not to close while a finding may still be on its way',
      { state: notified, closes: true, ms: 4 * hour + graceMs - 1 },
      { kind: 'nothing' },
    ],
    [
      'is not to close a group without notifications',
      { state: { ...initialGroupState, settled: 1 }, closes: true, ms: 5 * hour },
      { kind: 'nothing' },
    ],
    [
      'is not to close twice',
      { state: { ...notified, closed: true }, closes: true, ms: 5 * hour },
      { kind: 'nothing' },
    ],
  ])('%s', (_rule, { ms = 0, ...facts }, turn) => {
    const all = { group, state: initialGroupState, roll: roll(1), closes: false, now: new Date(start + ms), ...facts };
    expect(nextStepOf(all)).toMatchObject(turn);
  });
});

describe('trying again', () => {
  const now = new Date(start);
  const error = (retryable: boolean, retryAfterMs?: number) => ({ retryable, retryAfterMs });
  test.each<[rule: string, state: Pick<GroupState, 'failures' | 'failingSinceMs'>, error: object, retry: object]>([
    ['comes soon after the first failure', initialGroupState, error(true), { kind: 'later', atMs: start + 10_000 }],
    ['comes later with each failure', { failures: 3 }, error(true), { kind: 'later', atMs: start + 80_000 }],
    ['comes within a quarter of an hour', { failures: 9 }, error(true), { kind: 'later', atMs: start + 450_000 }],
    [
      'is not before the receiver wants it',
      initialGroupState,
      error(true, 3 * hour),
      { kind: 'later', atMs: start + 3 * hour },
    ],
    [
      'is not for what trying cannot help',
      initialGroupState,
      error(false),
      { kind: 'dead', why: 'trying again cannot help' },
    ],
    ['ends after many times', { failures: 29 }, error(true), { kind: 'dead', why: 'failed 30 times' }],
    [
      'ends after hours',
      { failures: 1, failingSinceMs: start - 7 * hour },
      error(true),
      { kind: 'dead', why: 'has failed for six hours' },
    ],
  ])('%s', (_rule, state, given, retry) => {
    expect(retryOf(state, given as ReturnType<typeof error>, now, () => 0.5)).toEqual(retry);
  });
});

describe('the next look', () => {
  test.each([
    ['is the first one for who comes before it', -1, 30],
    ['is the first update for who comes as it opens', 30, 330],
    ['is one for all of an interval', 329, 330],
    ['is the next one from then on', 330, 630],
  ])('%s', (_rule, seconds, look) => {
    const policy = { waitMs: 30_000, updateMs: 300_000 };
    expect(nextStepMs({ openedMs: start }, policy, start + seconds * 1000)).toBe(start + look * 1000);
  });
});

describe('a place', () => {
  const place = (changes: Partial<Parameters<typeof placementOf>[0]>) =>
    placementOf({
      finding: rootLogin,
      receiver: { name: 'mail' },
      policy: defaultPolicy,
      labels: { account: ['1'] },
      ...changes,
    });
  const by = (labels: readonly ('account' | 'region')[]) => ({ policy: { ...defaultPolicy, by: labels } });

  test.each<[rule: string, one: Parameters<typeof place>[0], two: Parameters<typeof place>[0], same: boolean]>([
    ['is that of the same fingerprint', {}, { finding: { ...rootLogin, id: 'another' } }, true],
    ['is not that of other news', {}, { finding: sshRootLogin }, false],
    ['is another at another receiver', {}, { receiver: { name: 'chat' } }, false],
    ['is that of the same labels', by(['account']), { ...by(['account']), finding: sshRootLogin }, true],
    ['is not that of other labels', by(['account']), { ...by(['account']), labels: { account: ['2'] } }, false],
    [
      'keeps labels and values apart',
      by(['account', 'region']),
      { ...by(['account', 'region']), labels: { region: ['1'] } },
      false,
    ],
    [
      'is one of its own for what is critical, by labels',
      by(['account']),
      { ...by(['account']), finding: { ...rootLogin, rule: { ...rootLogin.rule, level: 'critical' } } },
      false,
    ],
  ])('%s', (_rule, one, two, same) => {
    expect(place(one).base === place(two).base).toBe(same);
  });

  test('is nobody else’s for a program, and unbounded', () => {
    expect(place({ receiver: { name: 'hook', grouping: 'each' } })).toEqual({ groupReason: 'one finding' });
  });

  test('is bounded by rule, and by alert for what is added to one; not at all where that is off', () => {
    expect(place({}).scope).toBe(place({ finding: { ...rootLogin, fingerprint: 'x' } }).scope);
    expect(place({}).scope).not.toBe(place({ parent: 'alert' }).scope);
    expect(place({ parent: 'alert' })).not.toHaveProperty('base');
    expect(place({ policy: { ...defaultPolicy, most: Number.MAX_SAFE_INTEGER } })).not.toHaveProperty('scope');
  });
});
