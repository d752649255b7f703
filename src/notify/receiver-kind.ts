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

/** ReceiverKind checks what is configured, and makes a receiver of it with the tools that it needs. */
export interface ReceiverKind<Tools> {
  /** Says what is wrong; undefined when nothing is. */
  readonly problem: (given: unknown) => string | undefined;
  readonly create: (name: string, given: unknown, tools: Tools) => Promise<Receiver>;
}

interface Row<Schema extends v.GenericSchema, Tools> {
  /** What its configuration may hold beside `kind` and `name`; unknown keys are refused. */
  readonly options: Schema;
  /** Loads the receiver's code when it is wanted: nobody waits for an SDK that he doesn't use. */
  readonly create: (name: string, options: v.InferOutput<Schema>, tools: Tools) => Promise<Receiver>;
}

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

/** receiverKind makes a row of a table of receivers. */
export function receiverKind<Schema extends v.GenericSchema, Tools>({
  options: schema,
  create,
}: Row<Schema, Tools>): ReceiverKind<Tools> {
  const problem = (given: unknown): string | undefined => {
    const { issues } = v.safeParse(schema, given);
    if (issues === undefined) return undefined;
    const path = v.getDotPath(issues[0]);
    return `${path === null ? '' : `${path}: `}${issues[0].message}`;
  };
  return {
    problem,
    async create(name, given, tools) {
      const checked = v.safeParse(schema, given);
      if (checked.success) return create(name, checked.output, tools);
      throw new ReceiverConfigError(`${name}: ${problem(given)}`);
    },
  };
}

/**
 * createOf makes the configured receivers of a table's kinds, in their order.
 * @throws {ReceiverConfigError} for an unknown kind, wrong or unknown options, or a name that is used twice.
 */
export async function createOf<Tools>(
  kinds: Readonly<Record<string, ReceiverKind<Tools>>>,
  configs: readonly ReceiverConfig[],
  tools: Tools,
): Promise<readonly Receiver[]> {
  const names = new Set<string>();
  return Promise.all(
    configs.map(async ({ kind, name, ...options }) => {
      // The seen store remembers deliveries by this name.
      if (names.has(name)) throw new ReceiverConfigError(`${name}: the name of two receivers`);
      names.add(name);
      const row = Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
      if (row === undefined) {
        throw new ReceiverConfigError(`${name}: unknown kind "${kind}", known are ${Object.keys(kinds).join(', ')}`);
      }
      return row.create(name, options, tools);
    }),
  );
}
