import * as v from 'valibot';
import { canaryReceiver, receiverKinds, receiverProblem, type ReceiverSettings } from '../notify/settings.ts';

/** Reserved names: the seen store keeps muted findings under these, and canaries return to theirs. */
const reserved: ReadonlySet<string> = new Set(['none', 'suppressed', 'inhibited', 'trial', canaryReceiver]);

const receiver = v.pipe(
  v.looseObject(
    {
      kind: v.picklist(
        Object.keys(receiverKinds) as (keyof typeof receiverKinds)[],
        `must be one of ${Object.keys(receiverKinds).join(', ')}`,
      ),
    },
    'must be a map with a kind, and the options of that kind',
  ),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    const problem = receiverProblem(dataset.value);
    if (problem === undefined) return;
    // `topicArn: must be …` is reported at that option, so that its line is found in the file.
    const [, key = '', message = problem] = /^(\w+): (.*)$/s.exec(problem) ?? [];
    const input: Record<string, unknown> = dataset.value;
    const path = { type: 'object', origin: 'value', input, key, value: input[key] } as const;
    addIssue({ message, ...(key !== '' && { path: [path] }) });
  }),
  v.transform((settings): ReceiverSettings => settings),
);

/** receivers is the section of receivers, by name. */
export const receivers: v.GenericSchema<unknown, Readonly<Record<string, ReceiverSettings>>> = v.record(
  v.pipe(
    v.string(),
    v.regex(/^[a-z][a-z0-9-]*$/, 'not a receiver name: use lower-case letters, digits and hyphens'),
    v.check((name) => !reserved.has(name), 'reserved: choose another name'),
  ),
  receiver,
  'must be a map of names to receivers',
);
