import * as v from 'valibot';
import { receiverKind, type ReceiverKind, type ReceiverTools } from './receiver-kind.ts';
import type { Receiver } from './receiver.ts';

/** StageFacts are the receivers that a deployed stage brings along, or is given as parameters. */
export interface StageFacts {
  readonly alertsTopic: string;
  /** Empty when no Slack is given. */
  readonly slackWebhookParameter: string;
}

const text = v.pipe(v.string(), v.minLength(1));

/**
 * receiverKinds is the table of receivers that a stage can send to: a new one is a row here, one in `stageDefaults`, and a
 * file in `receivers/`.
 */
export const receiverKinds = {
  sns: receiverKind({
    options: v.strictObject({ topicArn: v.pipe(text, v.startsWith('arn:')) }),
    create: async (name, { topicArn }, { sns }) =>
      (await import('./receivers/sns.ts')).createSns({ name, client: sns(), topicArn }),
  }),
  'slack-webhook': receiverKind({
    /** `address` names the secret that holds the webhook's address; it is never the address itself. */
    options: v.strictObject({
      address: v.pipe(text, v.regex(/^[\w./-]+$/, 'must name a parameter, e.g. /trailwatch/slack')),
    }),
    create: async (name, { address }, { secret, fetch, sleep }) =>
      (await import('./receivers/slack-webhook.ts')).createSlackWebhook({
        name,
        address: () => secret(address),
        fetch,
        sleep,
      }),
  }),
} as const satisfies Record<string, ReceiverKind>;

type ReceiverKindName = keyof typeof receiverKinds;

/** What each kind means when its configuration says no more; undefined where the stage has no such thing. */
const stageDefaults = {
  sns: ({ alertsTopic }) => ({ topicArn: alertsTopic }),
  'slack-webhook': ({ slackWebhookParameter }) =>
    slackWebhookParameter === '' ? undefined : { address: slackWebhookParameter },
} satisfies Record<ReceiverKindName, (stage: StageFacts) => Readonly<Record<string, string>> | undefined>;

/** ReceiverSettings is one receiver as configured, without its name, by which the seen store remembers deliveries. */
export interface ReceiverSettings {
  readonly kind: ReceiverKindName;
  readonly [option: string]: unknown;
}

/**
 * createReceivers makes the receivers of a stage, in their order; without those that it doesn't have, as a Slack without
 * an address.
 * @throws {ReceiverConfigError} for wrong options.
 */
export async function createReceivers(
  settings: Readonly<Record<string, ReceiverSettings>>,
  stage: StageFacts,
  tools: ReceiverTools,
): Promise<readonly Receiver[]> {
  const made = Object.entries(settings).map(async ([name, { kind, ...options }]) => {
    const complete = Object.keys(options).length > 0 ? options : stageDefaults[kind](stage);
    return complete === undefined ? [] : [await receiverKinds[kind].create(name, complete, tools)];
  });
  return (await Promise.all(made)).flat();
}

/** receiverProblem says what is wrong with a receiver's options; undefined when nothing is, as when there are none. */
export function receiverProblem({ kind, ...options }: ReceiverSettings): string | undefined {
  return Object.keys(options).length > 0 ? receiverKinds[kind].problem(options) : undefined;
}
