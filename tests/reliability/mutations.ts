import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

/** Mutation is a mistake that somebody could make in the delivery's code. */
export interface Mutation {
  readonly name: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

export const mutations: readonly Mutation[] = [
  {
    name: 'a group is recorded as told before it is sent',
    file: 'src/notify/delivery/deliver-group.ts',
    from: 'const sent = await attempt(',
    to: 'await groups.record(group, lease, { ...state, told: roll.count, settled: roll.count });\n    const sent = await attempt(',
  },
  {
    name: 'what was sent is not recorded',
    file: 'src/notify/delivery/deliver-group.ts',
    from: 'settled: roll.count,\n      toldMs',
    to: 'settled: state.settled,\n      toldMs',
  },
  {
    name: 'nobody is asked to look when a finding joins',
    file: 'src/notify/delivery/accept-into-group.ts',
    from: 'await outbox.put(receiver.name, key, next);',
    to: '',
  },
  {
    name: 'the due entries go before the state is recorded',
    file: 'src/notify/delivery/deliver-group.ts',
    from: 'if (await groups.record(group, lease, state)) await outbox.remove(entries);',
    to: 'await outbox.remove(entries);\n    await groups.record(group, lease, state);',
  },
  {
    name: 'the next due entry is written after the state that counts on it',
    file: 'src/notify/delivery/deliver-group.ts',
    from: "if (next !== undefined) await outbox.put(group.receiver, group.key, next.atMs);\n    // Where the state is somebody else's by now, an entry may be the one that he counts on.\n    if (await groups.record(group, lease, state)) await outbox.remove(entries);",
    to: 'if (await groups.record(group, lease, state)) await outbox.remove(entries);\n    if (next !== undefined) await outbox.put(group.receiver, group.key, next.atMs);',
  },
  {
    name: 'several may tell of one group at once',
    file: 'src/notify/delivery/state/group-store.ts',
    from: 'if (held !== undefined && now.getTime() < held.untilMs) return undefined;',
    to: '',
  },
  {
    name: 'a finding that comes again is placed anew',
    file: 'src/notify/delivery/accept-into-group.ts',
    from: 'const earlier = admitted.again ? await whereIs(placement, admitted) : undefined;',
    to: 'const earlier = undefined as Admission | undefined;',
  },
  {
    name: 'a finding is recorded as accepted before it has a group',
    file: 'src/notify/delivery/accept.ts',
    from: 'const again = own.lease.again === true',
    to: 'await seen.record(own.lease, now());\n  const again = own.lease.again === true',
  },
  {
    name: 'a dead letter is not written',
    file: 'src/notify/delivery/deliver-group.ts',
    from: 'await deadLetters.send({',
    to: 'await Promise.resolve({',
  },
  {
    name: 'what a receiver refuses counts as told',
    file: 'src/notify/delivery/deliver-group.ts',
    from: "if ('error' in sent) return afterFailure(held, receiver, sent.error);",
    to: "if ('error' in sent && sent.error.retryable) return afterFailure(held, receiver, sent.error);\n    if ('error' in sent) return { telling: { kind: 'nothing', why: '' }, due: [] };",
  },
];

const root = path.resolve(import.meta.dirname, '../..');

/** caughtBy makes a mistake in a copy of the code, and gives the first problem that the schedules see, if they see one. */
export async function caughtBy({ name, file, from, to }: Mutation, schedules: number): Promise<string | undefined> {
  const folder = mkdtempSync(path.join(tmpdir(), 'trailwatch-mutation-'));
  try {
    for (const part of ['src', 'tests/reliability', 'package.json', '.build']) {
      cpSync(path.join(root, part), path.join(folder, part), { recursive: true });
    }
    symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'), 'dir');
    const place = path.join(folder, file);
    const code = readFileSync(place, 'utf8');
    if (code.split(from).length !== 2)
      throw new Error(`${file}: the place of the mutation "${name}" is not there once`);
    writeFileSync(
      place,
      code.replace(from, () => to),
    );
    const script = path.join(folder, 'tests/reliability/first-problem.ts');
    const { stdout } = await promisify(execFile)(process.execPath, [script, String(schedules)], { cwd: folder });
    return stdout.trim() || undefined;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
