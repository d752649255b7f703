import { describe, expect, test } from '@jest/globals';
import type { Finding } from '../../../src/model/finding.ts';
import { createMemoryDeliveryState, type DeliveryState } from '../../../src/notify/delivery/state/delivery-state.ts';
import type { DeadLetter } from '../../../src/notify/delivery/state/dead-letters.ts';
import { openFindingEvent } from '../../../src/contract/open.ts';
import { createPipeline } from '../../../src/notify/delivery/pipeline.ts';
import { defaultPolicy } from '../../../src/notify/routing/policy.ts';
import { DeliveryError } from '../../../src/notify/receivers/receiver.ts';
import { forever, heard } from '../../support/delivery-stage.ts';
import { completion, instanceStopped, rootLogin, sshRootLogin } from './specimens.ts';

const minute = 60_000;
/** How long the queue hides a message that was not done with. */
const hiddenMs = 9 * minute;

/** Kill is where a copy of the function dies: before a call does anything, or when it has done it and nobody knows. */
interface Kill {
  readonly step: number;
  readonly after: boolean;
}

interface Result {
  readonly steps: readonly string[];
  readonly people: ReturnType<typeof heard>;
  readonly program: ReturnType<typeof heard>;
  readonly letters: readonly DeadLetter[];
  readonly left: number;
}

const same = (index: number): Finding => ({ ...rootLogin, id: `same-${index}` });
const other = (index: number): Finding => ({ ...rootLogin, id: `other-${index}`, fingerprint: `other-${index}` });

/** What comes when, in minutes. The last ones come after the repeat interval. */
const story: readonly (readonly [number, readonly Finding[]])[] = [
  [0, [same(0), sshRootLogin]],
  [1, [same(1), other(0), other(1)]],
  [2, [other(2), other(3), instanceStopped]],
  [3, [completion]],
  [12, [same(2)]],
  [35, [same(3)]],
];
const policy = { ...defaultPolicy, repeatMs: 30 * minute, most: 2 };
const all = story.flatMap(([, findings]) => findings);

/** When the functions run, in minutes: each one while things happen, and some later. */
const looks = [...Array(16).keys(), 21, 22, 32, 35, 36, 40, 45, 46, 60, 61, 67, 70, 80, 90];

/** Plays the story with one death in it; whoever comes after the dead copy has its messages back and no memory. */
async function play(kill?: Kill, moody = false): Promise<Result> {
  const state = createMemoryDeliveryState();
  const [people, program] = [heard('people', { closes: true }), heard('program', { grouping: 'each' })];
  const letters: DeadLetter[] = [];
  const steps: string[] = [];
  let nowMs = Date.parse('2026-03-14T09:00:00Z');
  let refusals = moody ? 3 : 0;
  people.behave = () => {
    refusals -= 1;
    if (refusals === 1) throw new DeliveryError('no', { reason: 'rejected', retryable: false });
    if (refusals >= 0) throw new DeliveryError('not now', { reason: 'unavailable', retryable: true });
    return { thread: 'x' };
  };
  let life = { dead: false };

  const mortal = <Call extends (...given: never[]) => Promise<unknown>>(name: string, call: Call): Call => {
    const mine = life;
    return (async (...given) => {
      if (mine.dead) throw new Error('dead');
      const [group] = given as readonly unknown[] as readonly [{ readonly receiver?: string }?];
      steps.push(name === 'groups.record' ? `${group?.receiver}.record` : name);
      const dies = kill?.step === steps.length;
      if (dies) mine.dead = true;
      if (dies && !kill.after) throw new Error('died before');
      const result = await call(...given);
      if (mine.dead) throw new Error('died after');
      return result;
    }) as Call;
  };
  const copy = () => {
    life = { dead: false };
    const living = Object.fromEntries(
      Object.entries(state).map(([part, methods]) => [
        part,
        Object.fromEntries(
          Object.entries(methods as Record<string, () => Promise<unknown>>).map(([name, call]) => [
            name,
            mortal(`${part}.${name}`, call),
          ]),
        ),
      ]),
    ) as unknown as DeliveryState;
    const receivers = [people, program].map((receiver) => ({
      ...receiver,
      send: mortal(`${receiver.name}.send`, receiver.send),
      ...(receiver.close && { close: mortal(`${receiver.name}.close`, receiver.close) }),
    }));
    const pipeline = createPipeline({
      state: living,
      receivers,
      dispatch: () => ({
        labels: {},
        to: receivers.map((receiver) => ({ receiver, policy })),
        muting: [],
        starts: [],
        why: {},
      }),
      deadLetters: { send: mortal('deadLetters.send', async (letter) => void letters.push(letter)) },
      now: () => new Date(nowMs),
      random: () => 0.5,
      newId: () => 'letter',
    });
    return { pipeline, life };
  };

  let queue = story.flatMap(([minutes, findings]) =>
    findings.map((finding) => ({ finding, visibleMs: nowMs + minutes * minute })),
  );
  let current = copy();
  const startMs = nowMs;
  for (const minutes of looks) {
    nowMs = startMs + minutes * minute;
    if (current.life.dead) current = copy();
    const { pipeline, life: mine } = current;
    const due = [];
    const batch = queue.filter(({ visibleMs }) => visibleMs <= nowMs);
    const done = new Set<Finding>();
    for (const { finding } of batch) {
      const accepted = await pipeline.accept({ finding });
      due.push(...accepted.due);
      if (accepted.outcomes.every(({ kind }) => kind !== 'failed')) done.add(finding);
    }
    await pipeline.notify(due, forever);
    // A dead copy answers the queue nothing.
    if (mine.dead) done.clear();
    queue = queue
      .filter(({ finding }) => !done.has(finding))
      .map((message) => (batch.includes(message) ? { ...message, visibleMs: nowMs + hiddenMs } : message));
    if (!mine.dead) await pipeline.flush(forever).catch(() => undefined);
    if (minutes === 60)
      queue.push(...letters.map(({ body }) => ({ finding: openFindingEvent(body), visibleMs: nowMs })));
  }
  return { steps, people, program, letters, left: queue.length };
}

/** What a receiver knows of in the end: of each group the last count, each addition, and what an alert says at once. */
function known({ notifications }: Result['people']): number {
  const counts = new Map<string, number>();
  const additions = new Set<string>();
  for (const { id, finding, group, message } of notifications) {
    if (message.completes) additions.add(id);
    else counts.set(group?.key ?? id, Math.max(group?.count ?? 1, counts.get(group?.key ?? id) ?? 0));
    if (!message.completes && finding.event.cause !== undefined) additions.add('said at once');
  }
  return [...counts.values()].reduce((sum, count) => sum + count, additions.size);
}

function repeatsOf({ notifications }: Result['people']): number {
  return notifications.length - new Set(notifications.map(({ id }) => id)).size;
}

/** Whether a receiver had been sent something that was not recorded when the function died. */
function wasBetween({ steps }: Result, name: string, { step, after }: Kill): boolean {
  const done = steps.slice(0, after ? step : step - 1);
  return done.lastIndexOf(`${name}.send`) > done.lastIndexOf(`${name}.record`);
}

const deaths = async (moody: boolean): Promise<readonly Kill[]> => {
  const { steps } = await play(undefined, moody);
  // Before a call is after the one before it.
  return [{ step: 1, after: false }, ...steps.map((_name, index) => ({ step: index + 1, after: true }))];
};

describe.each([
  ['whose receivers take everything', false],
  ['with a receiver that is away, refuses, and is back', true],
])('a story %s', (_what, moody) => {
  test('is delivered whole, and nothing twice, without a crash', async () => {
    const { people, program, left } = await play(undefined, moody);
    expect(left).toBe(0);
    expect([people, program].map(known)).toEqual([all.length, all.length]);
    expect([people, program].map(repeatsOf)).toEqual([0, 0]);
  });

  test('is delivered whole wherever the function dies, and at most one notification twice, where it died between send and record', async () => {
    const wrong: string[] = [];
    for (const kill of await deaths(moody)) {
      const result = await play(kill, moody);
      const where = `${result.steps[kill.step - 1]} ${kill.after ? 'after' : 'before'} (${kill.step})`;
      if (result.left > 0) wrong.push(`${where}: ${result.left} left in the queue`);
      for (const receiver of [result.people, result.program]) {
        const notified = known(receiver);
        if (notified !== all.length) wrong.push(`${where}: ${receiver.name} knows of ${notified} of ${all.length}`);
        const repeats = repeatsOf(receiver);
        const allowed = wasBetween(result, receiver.name, kill) ? 1 : 0;
        if (repeats > allowed) wrong.push(`${where}: ${receiver.name} was told ${repeats} things twice`);
      }
    }
    expect(wrong).toEqual([]);
  });
});
