import * as v from 'valibot';
import { canaryReceiver, receiverKinds, receiverProblem, type ReceiverSettings } from '../notify/settings.ts';

/** Reserved: findings that nobody shall get are remembered under these, and canaries return to theirs. */
const reserved: ReadonlySet<string> = new Set(['none', 'suppressed', 'inhibited', 'trial', canaryReceiver]);

const receiver = v.pipe(
  v.looseObject(
    {
      kind: v.picklist(
        Object.keys(receiverKinds) as (keyof typeof receiverKinds)[],
        `must be one of ${Object.keys(receiverKinds).join(', ')}`,
      ),
    },
    'must be a map with a kind, and what that kind wants',
  ),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    const problem = receiverProblem(dataset.value);
    if (problem === undefined) return;
    // `topicArn: must be …` is said of that option, so that it is found in the file.
    const [, key = '', message = problem] = /^(\w+): (.*)$/s.exec(problem) ?? [];
    const input: Record<string, unknown> = dataset.value;
    const path = { type: 'object', origin: 'value', input, key, value: input[key] } as const;
    addIssue({ message, ...(key !== '' && { path: [path] }) });
  }),
  v.transform((settings): ReceiverSettings => settings),
);

/** receivers is the section of names and what they stand for. */
export const receivers: v.GenericSchema<unknown, Readonly<Record<string, ReceiverSettings>>> = v.record(
  v.pipe(
    v.string(),
    v.regex(/^[a-z][a-z0-9-]*$/, 'is no name of a receiver: small letters, digits and hyphens'),
    v.check((name) => !reserved.has(name), 'means something else in a route: take another name'),
  ),
  receiver,
  'must be a map of names to receivers',
);
