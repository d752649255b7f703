import * as v from 'valibot';
import type { Receiver } from './receiver.ts';
import { createOf, receiverKind, type ReceiverConfig, type ReceiverKind, type ReceiverTools } from './receiver-kind.ts';

/** StageTools is what the receivers of a deployed stage work with. */
export type StageTools = Pick<ReceiverTools, 'sns' | 'secret' | 'fetch' | 'sleep'>;

/** StageFacts are the receivers that a deployed stage brings along, or is given as parameters. */
export interface StageFacts {
  readonly alertsTopic: string;
  /** Empty when no Slack is given. */
  readonly slackWebhookParameter: string;
}

const text = v.pipe(v.string(), v.minLength(1));

/** stageReceiverKinds are the rows that a deployed stage can send to: what delivers holds the code of these alone. */
export const stageReceiverKinds = {
  sns: receiverKind({
    options: v.strictObject({ topicArn: v.pipe(text, v.startsWith('arn:')) }),
    create: async (name, { topicArn }, { sns }: StageTools) =>
      (await import('./receivers/sns.ts')).createSns({ name, client: sns(), topicArn }),
  }),
  'slack-webhook': receiverKind({
    /** `address` names the secret that holds the webhook's address; it is never the address itself. */
    options: v.strictObject({
      address: v.pipe(text, v.regex(/^[\w./-]+$/, 'must name a parameter, e.g. /trailwatch/slack')),
    }),
    create: async (name, { address }, { secret, fetch, sleep }: StageTools) =>
      (await import('./receivers/slack-webhook.ts')).createSlackWebhook({
        name,
        address: () => secret(address),
        fetch,
        sleep,
      }),
  }),
} as const satisfies Record<string, ReceiverKind<StageTools>>;

type StageReceiverKind = keyof typeof stageReceiverKinds;

/** What each kind means when its configuration says no more; undefined where the stage has no such thing. */
const stageDefaults = {
  sns: ({ alertsTopic }) => ({ topicArn: alertsTopic }),
  'slack-webhook': ({ slackWebhookParameter }) =>
    slackWebhookParameter === '' ? undefined : { address: slackWebhookParameter },
} satisfies Record<StageReceiverKind, (stage: StageFacts) => Readonly<Record<string, string>> | undefined>;

/** ReceiverSettings is one receiver as configured, without its name. */
export interface ReceiverSettings {
  readonly kind: StageReceiverKind;
  readonly [option: string]: unknown;
}

/**
 * createStageReceivers makes the receivers of a stage; without those that it doesn't have, as a Slack without an address.
 * @throws {ReceiverConfigError} for wrong options.
 */
export async function createStageReceivers(
  settings: Readonly<Record<string, ReceiverSettings>>,
  stage: StageFacts,
  tools: StageTools,
): Promise<readonly Receiver[]> {
  const configs = Object.entries(settings).flatMap(([name, { kind, ...options }]): readonly ReceiverConfig[] => {
    const complete = Object.keys(options).length > 0 ? options : stageDefaults[kind](stage);
    return complete === undefined ? [] : [{ ...complete, kind, name }];
  });
  return createOf(stageReceiverKinds, configs, tools);
}

/** receiverProblem says what is wrong with a receiver's options; undefined when nothing is, as when there are none. */
export function receiverProblem({ kind, ...options }: ReceiverSettings): string | undefined {
  return Object.keys(options).length > 0 ? stageReceiverKinds[kind].problem(options) : undefined;
}
