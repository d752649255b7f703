import type { LogRecord } from '../../model/log-record.ts';
import type { Description } from '../description.ts';
import { accountOf, defined, textAt } from '../read.ts';

/** What each kind of problem is for a reader. */
const actions: Readonly<Record<string, string>> = {
  'file-changed': 'log file changed',
  'file-missing': 'log file gone',
  'file-moved': 'log file moved',
  'file-added': 'log file added',
  'digest-unreadable': 'digest overwritten',
  'digest-missing': 'digest gone',
  'digest-moved': 'digest moved',
  'link-broken': 'chain of digests broken',
  'signature-wrong': 'digest forged or changed',
  'signature-missing': 'signature gone',
  'key-unknown': 'digest signed by somebody else',
  gap: 'gap in the digests',
};

/** describeVerification describes what the check of a trail's digests came across. Digests say what was done, and never by whom. */
export function describeVerification({ fields, account, region }: LogRecord): Description {
  const problem = textAt(fields, 'problem') ?? 'unknown';
  const key = textAt(fields, 'key');
  return {
    category: { kind: 'other' },
    ...defined({ account: accountOf(account), region }),
    service: 'cloudtrail',
    action: actions[problem] ?? problem,
    actor: { kind: 'unknown', name: 'unknown', chain: [] },
    targets: key === undefined ? [] : [{ kind: problem.startsWith('file-') ? 'log-file' : 'digest', id: key }],
    outcome: { kind: 'failure', code: problem, ...defined({ message: textAt(fields, 'reason') }) },
  };
}
