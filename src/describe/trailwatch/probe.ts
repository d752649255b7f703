import type { Outcome } from '../../model/audit-event.ts';
import type { Fields, LogRecord } from '../../model/log-record.ts';
import type { Description } from '../description.ts';
import { accountOf, defined, textAt } from '../read.ts';

/** describeProbe describes what a probe saw of an endpoint. Nobody known did it, so the probe that saw it gives the name. */
export function describeProbe({ fields, account, region }: LogRecord): Description {
  const endpoint = textAt(fields, 'endpoint');
  const url = textAt(fields, 'url');
  return {
    category: { kind: 'other' },
    ...defined({ account: accountOf(account), region }),
    service: 'probe',
    action: textAt(fields, 'action') ?? 'endpoint checked',
    actor: { kind: 'anonymous', name: 'probe', chain: [] },
    targets: [
      ...(endpoint === undefined ? [] : [{ kind: 'endpoint', id: endpoint }]),
      ...(url === undefined ? [] : [{ kind: 'address', id: url }]),
    ],
    outcome: outcomeOf(fields),
  };
}

function outcomeOf(fields: Fields): Outcome {
  if (textAt(fields, 'outcome') !== 'failure') return { kind: 'success' };
  const status = textAt(fields, 'status');
  // An answer with the right status whose body is wrong fails by its body.
  const wrong = textAt(fields, 'up') === 'true' || status === undefined ? 'wrong body' : `status ${status}`;
  return {
    kind: 'failure',
    code: textAt(fields, 'failure') ?? wrong,
    ...defined({ message: textAt(fields, 'reason') }),
  };
}
