import * as v from 'valibot';
import type { Sleep } from './backoff.ts';
import type { Receiver } from './receiver.ts';
import type { SlackWebhookOptions } from './receivers/slack-webhook.ts';
import type { SnsOptions } from './receivers/sns.ts';

/** ReceiverTools is what receivers work with: clients are made when the first receiver asks for them. */
export interface ReceiverTools {
  readonly sns: () => SnsOptions['client'];
  /** Gives the secret of a name. */
  readonly secret: (name: string) => Promise<string>;
  readonly fetch: SlackWebhookOptions['fetch'];
  readonly sleep: Sleep;
}

/** ReceiverKind checks what is configured, and makes a receiver of it. */
export interface ReceiverKind {
  /** Says what is wrong; undefined when nothing is. */
  readonly problem: (given: unknown) => string | undefined;
  /** @throws {ReceiverConfigError} for what `problem` would have said. */
  readonly create: (name: string, given: unknown, tools: ReceiverTools) => Promise<Receiver>;
}

interface Row<Schema extends v.GenericSchema> {
  /** What its configuration may hold beside `kind`; unknown keys are refused. */
  readonly options: Schema;
  /** Loads the receiver's code when it is wanted: nobody waits for an SDK that he doesn't use. */
  readonly create: (name: string, options: v.InferOutput<Schema>, tools: ReceiverTools) => Promise<Receiver>;
}

/** ReceiverConfigError says which receiver is configured wrongly, and how. */
export class ReceiverConfigError extends Error {
  override readonly name = 'ReceiverConfigError';
}

/** receiverKind makes a row of the table of receivers. */
export function receiverKind<Schema extends v.GenericSchema>({ options: schema, create }: Row<Schema>): ReceiverKind {
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
