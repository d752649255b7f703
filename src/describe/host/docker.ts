import type { Outcome, Target } from '../../model/audit-event.ts';
import type { Fields, LogRecord } from '../../model/log-record.ts';
import type { Description } from '../description.ts';
import { accountOf, defined, textAt } from '../read.ts';

/** describeDocker describes the Docker daemon's events of containers, images, networks and volumes, which never name who caused them. */
export function describeDocker({ fields, account, region }: LogRecord): Description {
  const type = textAt(fields, 'object_type') ?? 'container';
  return {
    category: { kind: 'other' },
    ...defined({ account: accountOf(account), region }),
    service: 'docker',
    action: `${type} ${textAt(fields, 'action') ?? 'event'}`,
    actor: { kind: 'unknown', name: 'unknown', chain: [] },
    targets: targetsOf(fields, type),
    outcome: outcomeOf(fields),
  };
}

function targetsOf(fields: Fields, type: string): readonly Target[] {
  const own = textAt(fields, type) ?? textAt(fields, 'object_id');
  const found: readonly (readonly [string, string | undefined])[] = [
    [type, own],
    ['image', type === 'image' ? undefined : textAt(fields, 'image')],
    ['command', textAt(fields, 'command')],
    ['host', textAt(fields, 'hostname')],
  ];
  return found.flatMap(([kind, id]) => (id === undefined ? [] : [{ kind, id }]));
}

function outcomeOf(fields: Fields): Outcome {
  if (textAt(fields, 'outcome') !== 'failure') return { kind: 'success' };
  const code = textAt(fields, 'exit_code');
  if (code === undefined) return { kind: 'failure', code: 'out of memory' };
  // 128 and the signal's number, as shells have it: 137 is a kill, which is what the kernel does when memory runs out.
  return { kind: 'failure', code: `exit code ${code}` };
}
