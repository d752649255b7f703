import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

/** Mutation is a mistake in the code of delivery, made by replacing a text that stands there once. */
export interface Mutation {
  readonly name: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

export const mutations: readonly Mutation[] = [
  {
    name: 'a group is recorded as notified before it is sent',
    file: 'src/notify/delivery/deliver-group.ts',
    from: 'const sent = await attempt(',
    to: 'await groups.record(group, lease, { ...state, notified: roll.count, settled: roll.count });\n    const sent = await attempt(',
  },
  {
    name: 'a notification is not recorded',
    file: 'src/notify/delivery/deliver-group.ts',
    from: 'settled: roll.count,\n      notifiedMs',
    to: 'settled: state.settled,\n      notifiedMs',
  },
  {
    name: 'no due entry is written when a finding joins',
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
    name: 'the next due entry is written after the state that relies on it',
    file: 'src/notify/delivery/deliver-group.ts',
    from: 'if (next !== undefined) await outbox.put(group.receiver, group.key, next.atMs);\n    // Another lease holder that changed the state may rely on one of the entries.\n    if (await groups.record(group, lease, state)) await outbox.remove(entries);',
    to: 'if (await groups.record(group, lease, state)) await outbox.remove(entries);\n    if (next !== undefined) await outbox.put(group.receiver, group.key, next.atMs);',
  },
  {
    name: 'several copies may hold the lease of one group',
    file: 'src/notify/delivery/state/group-store.ts',
    from: 'if (held !== undefined && now.getTime() < held.untilMs) return undefined;',
    to: '',
  },
  {
    name: 'a finding that comes again is placed anew',
    file: 'src/notify/delivery/accept-into-group.ts',
    from: 'const earlier = candidate.again ? await whereIs(placement, candidate) : undefined;',
    to: 'const earlier = undefined as GroupAcceptance | undefined;',
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
    name: 'a finding that a receiver refuses counts as sent',
    file: 'src/notify/delivery/deliver-group.ts',
    from: "if ('error' in sent) return afterFailure(held, receiver, sent.error);",
    to: "if ('error' in sent && sent.error.retryable) return afterFailure(held, receiver, sent.error);\n    if ('error' in sent) return { outcome: { kind: 'nothing', why: '' }, due: [] };",
  },
];

const root = path.resolve(import.meta.dirname, '../..');

/** mutate makes the mistake in the text of its file. @throws {Error} unless the text to replace stands there once. */
export function mutate({ name, file, from, to }: Mutation, code: string): string {
  if (code.split(from).length !== 2) throw new Error(`${file}: expected the text of the mutation "${name}" once`);
  return code.replace(from, () => to);
}

/** caughtBy makes a mistake in a copy of the code, and gives the first problem that the schedules find, if they find one. */
export async function caughtBy(mutation: Mutation, schedules: number): Promise<string | undefined> {
  const folder = mkdtempSync(path.join(tmpdir(), 'trailwatch-mutation-'));
  try {
    for (const part of ['src', 'tests/reliability', 'package.json', '.build']) {
      cpSync(path.join(root, part), path.join(folder, part), { recursive: true });
    }
    symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'), 'dir');
    const place = path.join(folder, mutation.file);
    writeFileSync(place, mutate(mutation, readFileSync(place, 'utf8')));
    const script = path.join(folder, 'tests/reliability/first-problem.ts');
    const { stdout } = await promisify(execFile)(process.execPath, [script, String(schedules)], { cwd: folder });
    return stdout.trim() || undefined;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
