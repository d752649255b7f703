import { HealthStateError } from '../../health/heartbeat.ts';
import { mostExamples, receiversOf, type TrialLog } from '../../health/trial-log.ts';
import { digestOf, expiryOf, keyOf, partitionsOf, shardOf } from './keys.ts';
import { failingAs, numberOf, openTable, textOf, type StateTable } from './table.ts';

const maxExampleChars = 300;
/** The attribute that counts for a receiver is named after it. */
const toReceiver = 'to:';

/** createDynamoTrialLog keeps a few items a trial, so that a rule that fires all the time makes none hot: counts, and an example. */
export function createDynamoTrialLog(place: StateTable): TrialLog {
  const table = openTable(place);
  const failing = failingAs(HealthStateError);
  return {
    note: (note, at) =>
      failing(`the finding kept back by trial ${note.trial} could not be counted`, async () => {
        const key = keyOf('trial', { trial: digestOf(note.trial), shard: shardOf('trial', note.finding) });
        const receivers = receiversOf(note).map((name, index) => [`#r${index}`, `${toReceiver}${name}`] as const);
        const counted = ['findings', ...receivers.map(([alias]) => alias)].map((name) => `${name} :one`);
        await table.update(key, {
          change: `SET expires = :expires, #example = if_not_exists(#example, :example) ADD ${counted.join(', ')}`,
          names: Object.fromEntries(receivers),
          values: {
            one: 1,
            example: note.title.slice(0, maxExampleChars),
            expires: expiryOf('trial', at.getTime()),
          },
        });
      }),

    of: (trial) =>
      failing(`the count of trial ${trial} could not be read`, async () => {
        const items = await table.queryAll(partitionsOf('trial', { trial: digestOf(trial) }));
        const receivers = new Map<string, number>();
        for (const [attribute, value] of items.flatMap((item) => Object.entries(item))) {
          if (!attribute.startsWith(toReceiver)) continue;
          const name = attribute.slice(toReceiver.length);
          receivers.set(name, (receivers.get(name) ?? 0) + numberOf(value));
        }
        return {
          findings: items.reduce((sum, { findings }) => sum + numberOf(findings), 0),
          receivers: Object.fromEntries(receivers),
          examples: items
            .map(({ example }) => textOf(example))
            .filter((text) => text !== '')
            .slice(0, mostExamples),
        };
      }),
  };
}
