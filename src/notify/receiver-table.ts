import * as v from 'valibot';
import type { Random, Sleep } from './backoff.ts';
import type { Receiver } from './receiver.ts';
import type { ConsoleOptions } from './receivers/console.ts';
import type { FindingsBusOptions } from './receivers/findings-bus.ts';
import type { SlackWebhookOptions } from './receivers/slack-webhook.ts';
import type { SnsOptions } from './receivers/sns.ts';

/** ReceiverTools is what receivers work with: clients are made when the first receiver asks for them. */
export interface ReceiverTools {
  readonly sns: () => SnsOptions['client'];
  readonly eventBridge: () => FindingsBusOptions['client'];
  /** Gives the secret of a name. */
  readonly secret: (name: string) => Promise<string>;
  readonly fetch: SlackWebhookOptions['fetch'];
  readonly terminal: Pick<ConsoleOptions, 'stream' | 'colour' | 'width'>;
  readonly sleep: Sleep;
  readonly random: Random;
}

/** ReceiverKind makes a receiver from what is configured, once that is checked. */
type ReceiverKind = (name: string, given: unknown, tools: ReceiverTools) => Promise<Receiver>;

interface Row<Schema extends v.GenericSchema> {
  /** What its configuration may hold beside `kind` and `name`; unknown keys are refused. */
  readonly options: Schema;
  /** Loads the receiver's code when it is wanted: nobody waits for an SDK that he doesn't use. */
  readonly create: (name: string, options: v.InferOutput<Schema>, tools: ReceiverTools) => Promise<Receiver>;
}

function kind<Schema extends v.GenericSchema>({ options: schema, create }: Row<Schema>): ReceiverKind {
  return async (name, given, tools) => {
    const checked = v.safeParse(schema, given);
    if (checked.success) return create(name, checked.output, tools);
    const [issue] = checked.issues;
    const path = v.getDotPath(issue);
    throw new ReceiverConfigError(`${name}: ${path === null ? '' : `${path}: `}${issue.message}`);
  };
}

const text = v.pipe(v.string(), v.minLength(1));

/** receiverKinds is the table of receivers: a new one is a row here and a file in `receivers/`. */
const receiverKinds = {
  console: kind({
    options: v.strictObject({}),
    create: async (name, _options, { terminal }) =>
      (await import('./receivers/console.ts')).createConsole({ name, ...terminal }),
  }),
  sns: kind({
    options: v.strictObject({ topicArn: v.pipe(text, v.startsWith('arn:')) }),
    create: async (name, { topicArn }, { sns }) =>
      (await import('./receivers/sns.ts')).createSns({ name, client: sns(), topicArn }),
  }),
  'slack-webhook': kind({
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
  'findings-bus': kind({
    options: v.strictObject({ bus: text }),
    create: async (name, { bus }, { eventBridge, sleep, random }) =>
      (await import('./receivers/findings-bus.ts')).createFindingsBus({
        name,
        client: eventBridge(),
        bus,
        sleep,
        random,
      }),
  }),
} as const satisfies Record<string, ReceiverKind>;

type ReceiverKindName = keyof typeof receiverKinds;

/** ReceiverConfig is one receiver as configured: its kind, its name, and what its kind wants. */
export interface ReceiverConfig {
  readonly kind: string;
  readonly name: string;
  readonly [option: string]: unknown;
}

/** ReceiverConfigError says which receiver is configured wrongly, and how. */
export class ReceiverConfigError extends Error {
  override readonly name = 'ReceiverConfigError';
}

/**
 * createReceivers makes the configured receivers, in their order.
 * @throws {ReceiverConfigError} for an unknown kind, wrong or unknown options, or a name that is used twice.
 */
export async function createReceivers(
  configs: readonly ReceiverConfig[],
  tools: ReceiverTools,
): Promise<readonly Receiver[]> {
  const names = new Set<string>();
  return Promise.all(
    configs.map(async ({ kind, name, ...options }) => {
      // The seen store remembers deliveries by this name.
      if (names.has(name)) throw new ReceiverConfigError(`${name}: the name of two receivers`);
      names.add(name);
      if (!isKind(kind)) {
        const known = Object.keys(receiverKinds).join(', ');
        throw new ReceiverConfigError(`${name}: unknown kind "${kind}", known are ${known}`);
      }
      return receiverKinds[kind](name, options, tools);
    }),
  );
}

function isKind(kind: string): kind is ReceiverKindName {
  return Object.hasOwn(receiverKinds, kind);
}
