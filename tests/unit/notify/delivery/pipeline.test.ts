import { describe, expect, test } from '@jest/globals';
import type { Finding } from '../../../../src/model/finding.ts';
import { createMemoryDeliveryState } from '../../../../src/notify/delivery/state/delivery-state.ts';
import type { GroupPolicy } from '../../../../src/notify/routing/group-policy.ts';
import { openFindingEvent } from '../../../../src/contract/open.ts';
import { sooner, type AcceptOutcome, type DeliveryOutcome } from '../../../../src/notify/delivery/pipeline.ts';
import { deliveryStage, forever, heard, refusal, said, type Heard } from '../../../support/delivery-stage.ts';
import {
  bruteForce,
  completion,
  instanceStopped,
  instanceStoppedByBen,
  rootLogin,
  sshRootLogin,
} from '../specimens.ts';

const minute = 60_000;
const hour = 60 * minute;
const findings = [rootLogin, sshRootLogin, bruteForce];

/** The same news again: another fact, a minute later each. */
function again(index: number, of: Finding = rootLogin): Finding {
  return {
    ...of,
    id: `${of.id.slice(0, 20)}-${index}`,
    time: new Date(Date.parse(of.time) + index * 1000).toISOString(),
  };
}
/** The same rule, of somebody else. */
function ofSomebody(index: number, of: Finding = rootLogin): Finding {
  return { ...again(index, of), fingerprint: `somebody-${index}` };
}
const range = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);

describe('a finding', () => {
  test('reaches each receiver once, at once, in the order of the batch', async () => {
    const [mail, chat] = [heard('mail'), heard('chat')];
    const stage = deliveryStage({ receivers: [mail, chat] });
    const outcomes = await stage.deliver(...findings);
    expect(outcomes.map(({ kind }) => kind)).toEqual(Array(6).fill('accepted'));
    for (const { notifications } of [mail, chat]) {
      expect(notifications.map(({ finding }) => finding.id)).toEqual(findings.map(({ id }) => id));
    }
  });

  test.each([
    ['within one batch', async (copies: readonly Finding[], deliver: Deliver) => void (await deliver(...copies))],
    [
      'one after the other',
      async (copies: readonly Finding[], deliver: Deliver) => {
        for (const copy of copies) await deliver(copy);
      },
    ],
  ])('that comes several times %s notifies once, and is then known', async (_rule, bring) => {
    const mail = heard('mail');
    const stage = deliveryStage({ receivers: [mail] });
    await bring([rootLogin, { ...rootLogin }, { ...rootLogin }], stage.deliver);
    await stage.pass(hour);
    expect(said(mail)).toEqual(['first 1']);
    expect(acceptOutcomesOf(stage.facts).map(({ kind }) => kind)).toEqual([
      'accepted',
      'already-accepted',
      'already-accepted',
    ]);
  });

  test('that another function accepts right now stays in the queue, and is no failure of its own', async () => {
    const state = createMemoryDeliveryState();
    const mail = heard('mail');
    const stage = deliveryStage({ receivers: [mail], state });
    await state.seen.claim({ findingId: rootLogin.id, receiver: 'mail' }, stage.now());
    const [outcome] = await stage.deliver(rootLogin);
    expect(outcome).toMatchObject({ kind: 'failed', error: { reason: 'held', retryable: true } });
    expect(mail.asked).toBe(0);
    stage.skip(91_000);
    await stage.deliver(rootLogin);
    expect(said(mail)).toEqual(['first 1']);
  });

  test('is not accepted without the state, and then nothing is sent', async () => {
    const state = createMemoryDeliveryState();
    const broken = { ...state, seen: { ...state.seen, claim: () => Promise.reject(new Error('table is throttled')) } };
    const mail = heard('mail');
    const [outcome] = await deliveryStage({ receivers: [mail], state: broken }).deliver(rootLogin);
    expect(outcome).toMatchObject({ kind: 'failed', error: { reason: 'state-unavailable', retryable: true } });
    expect(mail.asked).toBe(0);
  });

  test.each(['groups.open', 'groups.join', 'outbox.put', 'seen.record', 'throttle.take'])(
    'comes again when %s fails, and notifies once then',
    async (call) => {
      const state = createMemoryDeliveryState();
      const [part, method] = call.split('.') as [keyof typeof state, string];
      let down = true;
      const real = state[part] as unknown as Record<string, (...given: unknown[]) => Promise<unknown>>;
      const failing = {
        ...state,
        [part]: {
          ...real,
          [method]: async (...given: unknown[]) => {
            if (down) throw new Error('no answer');
            return real[method]?.(...given);
          },
        },
      };
      const mail = heard('mail');
      const stage = deliveryStage({ receivers: [mail], state: failing });
      const [first] = await stage.deliver(rootLogin);
      expect(first).toMatchObject({ kind: 'failed', error: { reason: 'state-unavailable' } });
      down = false;
      await stage.pass(9 * minute);
      await stage.deliver(rootLogin);
      await stage.pass(hour);
      expect(said(mail)).toEqual(['first 1']);
    },
  );

  test.each<[rule: string, by: GroupPolicy['by']]>([
    ['in the group that it had joined', 'news'],
    ['alone, where it stood alone', 'finding'],
  ])('that failed at the end of a generation notifies once, %s', async (_rule, by) => {
    const state = createMemoryDeliveryState();
    let down = true;
    const record: typeof state.seen.record = async (...given) => {
      if (down) throw new Error('no answer');
      return state.seen.record(...given);
    };
    const mail = heard('mail');
    const stage = deliveryStage({
      receivers: [mail],
      state: { ...state, seen: { ...state.seen, record } },
      policy: { by, most: 1 },
    });
    await stage.deliver(rootLogin);
    await stage.pass(5 * hour);
    down = false;
    // Another takes the one place that there is.
    await stage.deliver(ofSomebody(1));
    mail.notifications.splice(1);
    await stage.deliver(rootLogin);
    await stage.pass(hour);
    expect(said(mail)).toEqual(['first 1']);
  });
});

describe('a group', () => {
  test.each<{ rule: string; policy?: Partial<GroupPolicy>; at: readonly number[]; notified: readonly string[] }>([
    {
      rule: 'notifies of the first, and counts the others at the next update',
      at: [0, 1, 2],
      notified: ['first 1', 'update 3'],
    },
    { rule: 'notifies no more without further findings', at: [0], notified: ['first 1'] },
    {
      rule: 'notifies again at each update with further findings',
      at: [0, 1, 6, 7, 30],
      notified: ['first 1', 'update 2', 'update 4', 'update 5'],
    },
    { rule: 'waits for more where its route says so', policy: { waitMs: minute }, at: [0, 0.5], notified: ['first 2'] },
    {
      rule: 'ends with its repeat interval: the next finding opens another',
      at: [0, 1, 4 * 60 + 1],
      notified: ['first 1', 'update 2', 'first 1'],
    },
    { rule: 'counts what comes at the very end', at: [0, 4 * 60 - 0.01], notified: ['first 1', 'update 2'] },
  ])('$rule', async ({ policy, at, notified }) => {
    const mail = heard('mail');
    const stage = deliveryStage({ receivers: [mail], ...(policy && { policy }) });
    const start = stage.now().getTime();
    for (const [index, minutes] of at.entries()) {
      const waitMs = start + minutes * minute - stage.now().getTime();
      if (waitMs > 0) await stage.pass(waitMs);
      await stage.deliver(again(index));
    }
    await stage.pass(30 * minute);
    expect(said(mail)).toEqual(notified);
  });

  test('keeps its key and what the receiver gave back, and says since when and which', async () => {
    const mail = heard('mail');
    const stage = deliveryStage({ receivers: [mail] });
    await stage.deliver(rootLogin);
    await stage.deliver(again(5));
    await stage.pass(5 * minute);
    const [first, more] = mail.notifications;
    expect(first?.group).not.toHaveProperty('receipt');
    expect(more?.group).toMatchObject({
      key: first?.group?.key,
      kind: 'update',
      receipt: { thread: 'mail' },
      groupReason: 'the same alert',
      mixed: false,
      since: rootLogin.time,
      until: again(5).time,
    });
    expect(more?.group?.latest.map(({ time }) => time)).toEqual([rootLogin.time, again(5).time]);
    expect(more?.finding.id).toBe(rootLogin.id);
    expect(more?.id).not.toBe(first?.id);
  });

  test('by labels holds what shares them, and says that its findings differ', async () => {
    const mail = heard('mail');
    const stage = deliveryStage({ receivers: [mail], policy: { by: ['account'] } });
    await stage.deliver(rootLogin);
    await stage.deliver(sshRootLogin);
    await stage.pass(5 * minute);
    expect(said(mail)).toEqual(['first 1', 'update 2']);
    expect(mail.notifications[1]?.group).toMatchObject({ mixed: true, groupReason: 'the same account' });
  });

  test('does not hold back what is critical in one that is not', async () => {
    const mail = heard('mail');
    const stage = deliveryStage({ receivers: [mail], policy: { by: ['account'] } });
    await stage.deliver(rootLogin);
    await stage.deliver(critical(again(1)));
    expect(said(mail)).toEqual(['first 1', 'first 1']);
  });

  test('notifies of findings that join under a policy that waits longer than the first one', async () => {
    const state = createMemoryDeliveryState();
    const chat = heard('chat');
    await deliveryStage({ receivers: [chat], state }).deliver(rootLogin);
    const stage = deliveryStage({ receivers: [chat], state, policy: { waitMs: hour } });
    stage.skip(10 * minute);
    await stage.deliver(again(1));
    await stage.pass(2 * hour);
    expect(said(chat)).toEqual(['first 1', 'update 2']);
  });

  test('notifies once when many copies do its delivery step at the same time', async () => {
    const mail = heard('mail');
    const stage = deliveryStage({ receivers: [mail] });
    await stage.pipeline.accept({ finding: rootLogin });
    stage.skip(minute);
    await Promise.all(range(10).map(() => stage.another().flush(forever)));
    expect(said(mail)).toEqual(['first 1']);
  });

  test('of a program is each finding by itself, however many there are', async () => {
    const hook = heard('hook', { grouping: 'each', concurrency: 4 });
    const stage = deliveryStage({ receivers: [hook] });
    await stage.deliver(...range(50).map((index) => again(index)));
    expect(said(hook)).toEqual(Array(50).fill('finding'));
  });

  test('is closed when nothing more came within its repeat interval, where the receiver wants that', async () => {
    const pager = heard('pager', { closes: true });
    const stage = deliveryStage({ receivers: [pager] });
    await stage.deliver(rootLogin);
    await stage.deliver(again(1));
    await stage.pass(4 * hour);
    expect(pager.closed).toEqual([]);
    await stage.pass(4 * minute);
    expect(pager.closed).toEqual([
      { key: pager.notifications[0]?.group?.key, finding: rootLogin, count: 2, receipt: { thread: 'pager' } },
    ]);
    await stage.pass(hour);
    expect(pager.closed).toHaveLength(1);
  });
});

describe('a burst', () => {
  test('of 10,000 findings of one news is one notification and a count, and delays nothing else', async () => {
    const chat = heard('chat');
    const stage = deliveryStage({ receivers: [chat] });
    for (const from of range(100)) await stage.deliver(...range(100).map((index) => again(from * 100 + index)));
    await stage.deliver(sshRootLogin);
    expect(chat.notifications.map(({ finding }) => finding.rule.title)).toEqual([
      rootLogin.rule.title,
      sshRootLogin.rule.title,
    ]);
    await stage.pass(5 * minute);
    expect(said(chat).at(-1)).toBe('update 10000');
    expect(chat.notifications).toHaveLength(3);
    expect(chat.notifications[2]?.group?.latest).toHaveLength(20);
  });

  test('of 10,000 findings of one rule by 10,000 people is ten alerts and one that counts; another rule arrives at once', async () => {
    const chat = heard('chat');
    const stage = deliveryStage({ receivers: [chat] });
    for (const from of range(100)) await stage.deliver(...range(100).map((index) => ofSomebody(from * 100 + index)));
    await stage.deliver(sshRootLogin);
    expect(said(chat)).toHaveLength(12);
    await stage.pass(5 * minute);
    const last = chat.notifications.at(-1);
    expect(last?.group).toMatchObject({ count: 9990, mixed: true, groupReason: 'more than 10 alerts of this rule' });
    expect(acceptOutcomesOf(stage.facts).filter((each) => each.kind === 'accepted' && each.throttled)).toHaveLength(
      9990,
    );
  });

  test('ends: after the repeat interval the rule has its alerts again', async () => {
    const chat = heard('chat');
    const stage = deliveryStage({ receivers: [chat], policy: { most: 1 } });
    await stage.deliver(...range(3).map((index) => ofSomebody(index)));
    await stage.pass(4 * hour + minute);
    await stage.deliver(ofSomebody(9));
    expect(chat.notifications.at(-1)?.finding.id).toBe(ofSomebody(9).id);
    expect(chat.notifications.at(-1)?.group?.groupReason).toBe('the same alert');
  });
});

describe('quiet hours', () => {
  const quiet = { from: '22:00', to: '07:00', days: [], timezone: 'UTC', except: 'critical' } as const;

  test('hold findings back, and then notify with a count; critical findings notify at once', async () => {
    const chat = heard('chat');
    const stage = deliveryStage({ receivers: [chat], policy: { quiet }, start: '2026-03-14T23:00:00Z' });
    await stage.deliver(rootLogin);
    await stage.pass(hour);
    await stage.deliver(again(1));
    await stage.deliver(critical(again(2, sshRootLogin)));
    expect(chat.notifications.map(({ finding }) => finding.rule.level)).toEqual(['critical']);
    await stage.pass(6 * hour + 59 * minute);
    expect(chat.notifications).toHaveLength(1);
    await stage.pass(2 * minute);
    expect(said(chat)).toEqual(['first 1', 'first 2']);
  });

  test('are none for programs', async () => {
    const hook = heard('hook', { grouping: 'each' });
    const stage = deliveryStage({
      receivers: [hook],
      policy: { quiet, waitMs: minute },
      start: '2026-03-14T23:00:00Z',
    });
    await stage.deliver(rootLogin);
    expect(said(hook)).toEqual(['finding']);
  });
});

describe('a receiver that fails', () => {
  test('is tried again later, and counts the findings since', async () => {
    const chat = heard('chat');
    const stage = deliveryStage({ receivers: [chat] });
    chat.behave = refusal('unavailable', true);
    expect(await stage.deliver(rootLogin)).toMatchObject([{ kind: 'accepted' }]);
    await stage.deliver(again(1));
    chat.behave = () => {};
    await stage.pass(10 * minute);
    expect(said(chat)).toEqual(['first 2']);
    expect(deliveryOutcomesOf(stage.facts)).toContainEqual(
      expect.objectContaining({ kind: 'retrying', error: expect.objectContaining({ reason: 'unavailable' }) }),
    );
  });

  test('delays no other', async () => {
    const [slow, mail] = [heard('slow'), heard('mail')];
    slow.behave = () => new Promise(() => {});
    const stage = deliveryStage({ receivers: [slow, mail], sendTimeoutMs: 30 });
    const done: string[] = [];
    mail.behave = () => void done.push('mail');
    await stage.deliver(rootLogin).then(() => done.push('all'));
    expect(done).toEqual(['mail', 'all']);
    expect(deliveryOutcomesOf(stage.facts)).toContainEqual(
      expect.objectContaining({
        receiver: 'slow',
        kind: 'retrying',
        error: expect.objectContaining({ reason: 'timeout' }),
      }),
    );
  });

  test('is not asked before the time it gave, by anybody', async () => {
    const chat = heard('chat');
    const stage = deliveryStage({ receivers: [chat] });
    chat.behave = refusal('rate-limited', true, 5 * minute);
    await stage.deliver(rootLogin);
    chat.behave = () => {};
    await stage.deliver(sshRootLogin);
    await stage.pass(4 * minute);
    expect(chat.asked).toBe(1);
    await stage.pass(4 * minute);
    expect(said(chat)).toEqual(['first 1', 'first 1']);
  });

  test('an unknown error is worth retrying: nobody knows that it is not', async () => {
    const chat = heard('chat');
    const stage = deliveryStage({ receivers: [chat] });
    chat.behave = () => {
      throw new TypeError('x is not a function');
    };
    await stage.deliver(rootLogin);
    expect(deliveryOutcomesOf(stage.facts)).toMatchObject([
      { kind: 'retrying', error: { message: 'chat: x is not a function', reason: 'unexpected', retryable: true } },
    ]);
  });

  test('what it refuses for good is a dead letter, which brings it once when it is sent again', async () => {
    const [chat, mail] = [heard('chat'), heard('mail')];
    const stage = deliveryStage({ receivers: [chat, mail] });
    chat.behave = refusal('unauthorized', false);
    await stage.deliver(rootLogin);
    await stage.deliver(again(1));
    expect(stage.letters).toMatchObject([{ receiver: 'chat', reason: 'unauthorized', findings: 1 }]);
    const body = stage.letters[0]?.body ?? '';
    expect(openFindingEvent(body)).toEqual(rootLogin);

    chat.behave = () => {};
    await stage.deliver(openFindingEvent(body));
    await stage.deliver(openFindingEvent(body));
    await stage.pass(hour);
    // With what came since; the mail had it before.
    expect(said(chat)).toEqual(['first 2']);
    expect(said(mail)).toEqual(['first 1', 'update 2']);
  });

  test('a dead letter that is sent again while it is being written notifies all the same', async () => {
    const state = createMemoryDeliveryState();
    let replay = async (): Promise<void> => {};
    const record: typeof state.groups.record = async (...given) => {
      await replay();
      return state.groups.record(...given);
    };
    const chat = heard('chat');
    const stage = deliveryStage({ receivers: [chat], state: { ...state, groups: { ...state.groups, record } } });
    chat.behave = refusal('unauthorized', false);
    replay = async () => {
      replay = async () => {};
      chat.behave = () => {};
      expect(stage.letters).toHaveLength(1);
      await stage.pipeline.accept({ finding: openFindingEvent(stage.letters[0]?.body ?? '') });
    };
    await stage.deliver(rootLogin);
    await stage.pass(5 * minute);
    expect(said(chat)).toEqual(['first 1']);
  });

  test('is given up after hours, with a dead letter that counts all that is untold', async () => {
    const chat = heard('chat');
    const stage = deliveryStage({ receivers: [chat] });
    chat.behave = refusal('unavailable', true);
    await stage.deliver(rootLogin, again(1), again(2));
    await stage.pass(8 * hour);
    expect(stage.letters).toMatchObject([{ receiver: 'chat', reason: 'unavailable', findings: 3 }]);
    // And was not asked each minute for it.
    expect(chat.asked).toBeLessThan(60);
    chat.behave = () => {};
    stage.skip(10 * 24 * hour);
    await stage.deliver(openFindingEvent(stage.letters[0]?.body ?? ''));
    expect(said(chat)).toEqual(['first 3']);
  });

  test('is not alone in it: what cannot be put into words is tried again too, and not forever', async () => {
    const chat = heard('chat');
    const stage = deliveryStage({ receivers: [chat] });
    const odd: Finding = {
      ...rootLogin,
      get evidence(): never {
        throw new TypeError('odd evidence');
      },
    };
    const accepted = await stage.pipeline.accept({ finding: odd });
    await stage.pipeline.notify(accepted.due, forever);
    expect(deliveryOutcomesOf(stage.facts).at(-1)).toMatchObject({ kind: 'retrying', why: 'chat: odd evidence' });
  });

  test('many times in a row is left alone for a while, and then asked by one', async () => {
    const chat = heard('chat', { concurrency: 4 });
    const stage = deliveryStage({ receivers: [chat], policy: { most: 1000 } });
    chat.behave = refusal('unavailable', true);
    for (const index of range(40)) await stage.deliver(ofSomebody(index));
    expect(chat.asked).toBe(5);
    expect(deliveryOutcomesOf(stage.facts).filter(({ kind }) => kind === 'circuit-open')).toHaveLength(35);
    stage.skip(31_000);
    await stage.deliver(ofSomebody(41), ofSomebody(42));
    expect(chat.asked).toBe(6);
    chat.behave = () => {};
    await stage.pass(hour);
    expect(said(chat)).toHaveLength(42);
  });

  test('is not left alone for refusing what is the message’s own fault', async () => {
    const chat = heard('chat');
    const stage = deliveryStage({ receivers: [chat], policy: { most: 1000 } });
    chat.behave = refusal('rejected', false);
    for (const index of range(12)) await stage.deliver(ofSomebody(index));
    expect(chat.asked).toBe(12);
    expect(stage.letters).toHaveLength(12);
  });

  test('what is due at a receiver that is no more ends among the dead letters', async () => {
    const state = createMemoryDeliveryState();
    const old = deliveryStage({ receivers: [heard('old')], state });
    await old.pipeline.accept({ finding: rootLogin });
    const stage = deliveryStage({ receivers: [heard('new')], state });
    await stage.pass(20 * minute);
    expect(stage.letters).toMatchObject([{ receiver: 'old', reason: 'receiver-gone', findings: 1 }]);
  });

  test('a copy of the function that is older than a receiver leaves its findings to the newer ones', async () => {
    const state = createMemoryDeliveryState();
    const added = heard('added');
    const newer = deliveryStage({ receivers: [added], state });
    await newer.pipeline.accept({ finding: rootLogin });
    const older = deliveryStage({ receivers: [heard('other')], state });
    await older.pass(5 * minute);
    newer.skip(5 * minute);
    await newer.pass(2 * minute);
    expect(older.letters).toEqual([]);
    expect(said(added)).toEqual(['first 1']);
  });
});

describe('the fallback', () => {
  const stage = (level: 'critical' | 'high', state = createMemoryDeliveryState()) => {
    const [slack, teams, topic] = [heard('slack'), heard('teams'), heard('topic')];
    const fallback = { receiver: topic, chats: new Set(['slack', 'teams']), topics: new Set(['topic']) };
    const finding = { ...rootLogin, rule: { ...rootLogin.rule, level } };
    return { slack, teams, topic, finding, ...deliveryStage({ receivers: [slack, teams, topic], fallback, state }) };
  };

  test.each([
    ['gets a critical finding when every chat has failed, once', 'critical', ['slack', 'teams'], ['first 1']],
    ['is not while one of them works', 'critical', ['slack'], []],
    ['does not get less severe findings', 'high', ['slack', 'teams'], []],
  ] as const)('%s', async (_rule, level, failing, notified) => {
    const { slack, teams, topic, finding, deliver, pass } = stage(level);
    for (const chat of [slack, teams]) {
      if (failing.some((name) => name === chat.name)) chat.behave = refusal('unavailable', true);
    }
    await deliver(finding);
    await pass(2 * hour);
    expect(said(topic)).toEqual(notified);
  });

  test('gets it at once when every chat refuses it', async () => {
    const { slack, teams, topic, finding, deliver } = stage('critical');
    for (const chat of [slack, teams]) chat.behave = refusal('unauthorized', false);
    await deliver(finding);
    expect(said(topic)).toEqual(['first 1']);
  });

  test('gets it later when the state fails just then, although a chat has refused it', async () => {
    const state = createMemoryDeliveryState();
    let failing = true;
    const claim: typeof state.seen.claim = async (key, at) => {
      if (failing && key.receiver === 'topic') throw new Error('throttled');
      return state.seen.claim(key, at);
    };
    const { slack, teams, topic, finding, deliver, pass } = stage('critical', {
      ...state,
      seen: { ...state.seen, claim },
    });
    for (const chat of [slack, teams]) chat.behave = refusal('unauthorized', false);
    await deliver(finding);
    failing = false;
    await pass(5 * minute);
    expect(said(topic)).toEqual(['first 1']);
  });
});

describe('what an inhibition mutes', () => {
  const mute = { key: 'k', name: 'outage', reason: 'the account is being attacked anyway' };
  const stage = (state = createMemoryDeliveryState()) => {
    const mail = heard('mail');
    const made = deliveryStage({
      state,
      receivers: [mail],
      dispatch: (finding, now) => ({
        labels: {},
        to: [{ receiver: mail, policy: { by: 'news', waitMs: 0, updateMs: 5 * minute, repeatMs: hour, most: 10 } }],
        muting: finding.rule.id === sshRootLogin.rule.id ? [mute] : [],
        starts: finding.rule.id === rootLogin.rule.id ? [{ ...mute, untilMs: now.getTime() + 10 * minute }] : [],
        why: {},
      }),
    });
    return { mail, ...made };
  };

  test('notifies nobody while its source is fresh, nor when a copy comes later', async () => {
    const { mail, deliver, pass, facts } = stage();
    await deliver(rootLogin);
    await deliver(sshRootLogin);
    expect(acceptOutcomesOf(facts).at(-1)).toMatchObject({ kind: 'muted', receiver: 'inhibited', name: 'outage' });
    await pass(11 * minute);
    await deliver(sshRootLogin);
    await deliver(again(1, sshRootLogin));
    expect(mail.notifications.map(({ finding }) => finding.id)).toEqual([rootLogin.id, again(1, sshRootLogin).id]);
  });

  test('is muted by one write for a burst of its source, and for as long as its last asks', async () => {
    const state = createMemoryDeliveryState();
    let starts = 0;
    const start: typeof state.inhibitions.start = async (key, untilMs) => {
      starts += 1;
      await state.inhibitions.start(key, untilMs);
    };
    const { mail, deliver, skip } = stage({ ...state, inhibitions: { ...state.inhibitions, start } });
    await deliver(...range(100).map((index) => again(index)));
    expect(starts).toBe(1);
    skip(9 * minute);
    await deliver(again(100));
    skip(9 * minute);
    await deliver(sshRootLogin);
    expect(mail.notifications.map(({ finding }) => finding.rule.id)).not.toContain(sshRootLogin.rule.id);
  });

  test('that came before its source stays delivered', async () => {
    const { mail, deliver, facts } = stage();
    await deliver(sshRootLogin);
    await deliver(rootLogin);
    await deliver(sshRootLogin);
    expect(mail.notifications).toHaveLength(2);
    expect(acceptOutcomesOf(facts).at(-1)).toMatchObject({ kind: 'already-accepted' });
  });
});

describe('who did it, when that becomes known later', () => {
  const notified = ({ notifications }: Heard): readonly string[] =>
    notifications.map(({ message }) => (message.completes ? 'completion' : message.who.name));

  test.each<[rule: string, deliveries: readonly (readonly Finding[])[], sent: readonly string[]]>([
    ['is sent after the alert, once', [[instanceStopped], [completion], [completion]], ['unknown', 'completion']],
    ['is sent beside the alert in one batch', [[instanceStopped, completion]], ['unknown', 'completion']],
    [
      'is not sent when the alert said it',
      [[instanceStoppedByBen], [completion], [instanceStopped]],
      ['ben@example.com'],
    ],
    ['is in the alert that it overtakes', [[completion], [instanceStopped], [completion]], ['ben@example.com']],
    [
      'is sent again when it is another',
      [[instanceStopped], [completion], [{ ...completion, completes: 'another call' }]],
      ['unknown', 'completion', 'completion'],
    ],
  ])('%s', async (_rule, deliveries, sent) => {
    const mail = heard('mail');
    const stage = deliveryStage({ receivers: [mail] });
    for (const delivered of deliveries) await stage.deliver(...delivered);
    await stage.pass(hour);
    expect(notified(mail)).toEqual(sent);
  });

  test('goes into the thread of the alert', async () => {
    const mail = heard('mail');
    const stage = deliveryStage({ receivers: [mail] });
    await stage.deliver(instanceStopped);
    await stage.deliver(completion);
    const [alert, added] = mail.notifications;
    expect(added?.group).toMatchObject({ key: alert?.group?.key, kind: 'update', receipt: { thread: 'mail' } });
  });

  test('waits for an alert that is pending', async () => {
    const mail = heard('mail');
    const stage = deliveryStage({ receivers: [mail] });
    mail.behave = refusal('unavailable', true);
    await stage.deliver(instanceStopped);
    mail.behave = () => {};
    await stage.deliver(completion);
    expect(notified(mail)).toEqual([]);
    await stage.pass(5 * minute);
    expect(notified(mail)).toEqual(['unknown', 'completion']);
  });

  test('waits while another function accepts the alert, and leaves no lease behind', async () => {
    const state = createMemoryDeliveryState();
    const mail = heard('mail');
    const stage = deliveryStage({ receivers: [mail], state });
    const claim = await state.seen.claim({ findingId: instanceStopped.id, receiver: 'mail' }, stage.now());
    expect(await stage.deliver(completion)).toMatchObject([{ kind: 'failed', error: { reason: 'held' } }]);
    if (claim.kind === 'granted') await state.seen.release(claim.lease);
    await stage.deliver(instanceStopped);
    await stage.deliver(completion);
    expect(notified(mail)).toEqual(['unknown', 'completion']);
  });

  test('is counted where it comes in a burst', async () => {
    const mail = heard('mail');
    const stage = deliveryStage({ receivers: [mail] });
    const stopped = range(100).map((index) => again(index, instanceStopped));
    for (const finding of stopped) await stage.deliver(finding);
    for (const { id } of stopped) await stage.deliver({ ...completion, id });
    await stage.pass(5 * minute);
    // The alert and its count, ten additions, and one that counts the others.
    expect(mail.notifications.length).toBeLessThanOrEqual(14);
    expect(mail.notifications.at(-1)?.group).toMatchObject({
      groupReason: 'more than 10 additions to this alert',
      count: 90,
      additions: true,
    });
  });
});

test('a sooner deadline is the sooner of two', () => {
  let leftMs = 87_000;
  const deadline = sooner({ remainingMs: () => leftMs }, 30_000);
  expect(deadline.remainingMs()).toBe(30_000);
  leftMs -= 20_000;
  expect(deadline.remainingMs()).toBe(10_000);
  expect(sooner({ remainingMs: () => 5_000 }, 30_000).remainingMs()).toBe(5_000);
});

describe('flush', () => {
  test('leaves what there is no time for, and takes the oldest first', async () => {
    const chat = heard('chat');
    const stage = deliveryStage({ receivers: [chat], policy: { most: 1000 } });
    for (const index of range(20)) {
      await stage.pipeline.accept({ finding: ofSomebody(index) });
      stage.skip(1000);
    }
    let asked = 0;
    await stage.pipeline.flush({ remainingMs: () => (chat.notifications.length < 5 ? Infinity : (asked += 1) && 0) });
    expect(chat.notifications.map(({ finding }) => finding.id)).toEqual(range(5).map((index) => ofSomebody(index).id));
    await stage.flush();
    expect(chat.notifications).toHaveLength(20);
  });

  test('sees what is behind all that another copy is at', async () => {
    const state = createMemoryDeliveryState();
    const chat = heard('chat');
    const stage = deliveryStage({ receivers: [chat], policy: { most: 1000 }, state });
    for (const index of range(300)) {
      const { outcomes } = await stage.pipeline.accept({ finding: ofSomebody(index) });
      const group = outcomes[0]?.kind === 'accepted' ? await state.groups.find(outcomes[0].group) : undefined;
      if (group !== undefined && index < 250) await state.groups.lease(group, stage.now());
    }
    await stage.flush();
    expect(chat.notifications).toHaveLength(50);
    stage.skip(minute);
    await stage.flush();
    expect(chat.notifications).toHaveLength(300);
  });

  test('goes on at the others when what is due at one cannot be read, and fails then', async () => {
    const state = createMemoryDeliveryState();
    const list: typeof state.outbox.list = async (receiver, ...rest) => {
      if (receiver === 'chat') throw new Error('no answer');
      return state.outbox.list(receiver, ...rest);
    };
    const [chat, mail] = [heard('chat'), heard('mail')];
    const stage = deliveryStage({ receivers: [chat, mail], state: { ...state, outbox: { ...state.outbox, list } } });
    await stage.pipeline.accept({ finding: rootLogin });
    await expect(stage.flush()).rejects.toMatchObject({
      message: 'the due groups could not be read',
      cause: { message: 'no answer' },
    });
    expect(said(mail)).toEqual(['first 1']);
  });

  test('reports a notification that could not be recorded, and sends it at most once more', async () => {
    const state = createMemoryDeliveryState();
    let down = true;
    const record: typeof state.groups.record = async (...given) => {
      if (down) throw new Error('no answer');
      return state.groups.record(...given);
    };
    const mail = heard('mail');
    const stage = deliveryStage({ receivers: [mail], state: { ...state, groups: { ...state.groups, record } } });
    await stage.deliver(rootLogin);
    expect(deliveryOutcomesOf(stage.facts)).toMatchObject([{ kind: 'notified', unrecorded: { message: 'no answer' } }]);
    down = false;
    await stage.pass(hour);
    expect(said(mail)).toEqual(['first 1', 'first 1']);
  });
});

type Deliver = (...findings: readonly Finding[]) => Promise<readonly AcceptOutcome[]>;

function critical(finding: Finding): Finding {
  return { ...finding, rule: { ...finding.rule, level: 'critical' } };
}

function acceptOutcomesOf(facts: readonly (AcceptOutcome | DeliveryOutcome)[]): readonly AcceptOutcome[] {
  return facts.filter((fact): fact is AcceptOutcome => 'finding' in fact);
}

function deliveryOutcomesOf(facts: readonly (AcceptOutcome | DeliveryOutcome)[]): readonly DeliveryOutcome[] {
  return facts.filter((fact): fact is DeliveryOutcome => !('finding' in fact));
}
