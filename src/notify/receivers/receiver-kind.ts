import * as v from 'valibot';
import type { Random, Sleep } from '../../retry/backoff.ts';
import type { Receiver } from './receiver.ts';
import type { PublishFindings } from './findings-bus.ts';
import type { SecurityHubOptions } from './security-hub.ts';
import type { SnsOptions } from './sns.ts';
import { parseSecretName } from './secret-name.ts';

/** SecretSource gives the secret of a name; `fresh` when the one that is kept was refused. */
export type SecretSource = (name: string, options?: { readonly fresh?: boolean }) => Promise<string>;

/** ReceiverTools is what receivers work with: clients are loaded and made when the first receiver asks for them. */
export interface ReceiverTools {
  readonly sns: () => SnsOptions['client'] | Promise<SnsOptions['client']>;
  /** findingsBus gives what publishes on the bus of that name or ARN. */
  readonly findingsBus: (bus: string) => PublishFindings | Promise<PublishFindings>;
  readonly securityHub: () => SecurityHubOptions['client'] | Promise<SecurityHubOptions['client']>;
  readonly secret: SecretSource;
  readonly fetch: typeof fetch;
  readonly sleep: Sleep;
  readonly random: Random;
  readonly now: () => Date;
}

/** StageFacts are the receivers that a deployed stage brings along, or is given as parameters. */
export interface StageFacts {
  readonly alertsTopic: string;
  /** Empty when no Slack is given. */
  readonly slackWebhookParameter: string;
}

/** Need is something that a receiver must be allowed to use. */
export type Need =
  | { readonly kind: 'publish'; readonly topicArn: string }
  | { readonly kind: 'put-events'; readonly busArn: string }
  | { readonly kind: 'import-findings' }
  | { readonly kind: 'parameter'; readonly name: string }
  | { readonly kind: 'secret'; readonly name: string };

/** ReceiverKind checks what is configured, and makes a receiver of it. */
export interface ReceiverKind {
  /** As its receivers say it: whether people are told news, or programs every finding. */
  readonly grouping: NonNullable<Receiver['grouping']>;
  /** Says what is wrong; undefined when nothing is. */
  readonly problem: (given: unknown) => string | undefined;
  /** What it must be allowed to use, beside what the stage brings along; nothing for options that are wrong. */
  readonly needs: (given: unknown) => readonly Need[];
  /**
   * Gives undefined where the stage has no such thing, as a Slack without an address.
   * @throws {ReceiverConfigError} for what `problem` would have said.
   */
  readonly create: (
    name: string,
    given: unknown,
    tools: ReceiverTools,
    stage: StageFacts,
  ) => Promise<Receiver | undefined>;
}

interface Row<Schema extends v.GenericSchema> {
  /** `each` where programs read. */
  readonly grouping?: 'each';
  /** What its configuration may hold beside `kind`; unknown keys are refused. */
  readonly options: Schema;
  /** What it means when its configuration says no more; undefined where the stage has no such thing. */
  readonly inStage?: (stage: StageFacts) => v.InferInput<Schema> | undefined;
  readonly needs: (options: v.InferOutput<Schema>) => readonly Need[];
  /** Loads the receiver's code when it is wanted: nobody waits for an SDK that he doesn't use. */
  readonly create: (
    name: string,
    options: v.InferOutput<Schema>,
    tools: ReceiverTools,
    stage: StageFacts,
  ) => Promise<Receiver>;
}

/** ReceiverConfigError says which receiver is configured wrongly, and how. */
export class ReceiverConfigError extends Error {
  override readonly name = 'ReceiverConfigError';
}

/** receiverKind makes a row of the table of receivers. */
export function receiverKind<Schema extends v.GenericSchema>(row: Row<Schema>): ReceiverKind {
  const { options: schema, grouping = 'grouped', inStage, needs, create } = row;
  const problemOf = (given: unknown): string | undefined => {
    const { issues } = v.safeParse(schema, given);
    if (issues === undefined) return undefined;
    // A misspelled key is told before the one that it leaves missing.
    const issue = issues.find(({ type, expected }) => type === 'strict_object' && expected === 'never') ?? issues[0];
    const path = v.getDotPath(issue);
    return `${path === null ? '' : `${path}: `}${wordsOf(issue, schema)}`;
  };
  const isStages = (given: unknown): boolean => inStage !== undefined && Object.keys(Object(given)).length === 0;
  return {
    grouping,
    problem: (given) => (isStages(given) ? undefined : problemOf(given)),
    needs(given) {
      const checked = v.safeParse(schema, given);
      return checked.success ? needs(checked.output) : [];
    },
    async create(name, given, tools, stage) {
      const complete = isStages(given) ? inStage?.(stage) : given;
      if (complete === undefined) return undefined;
      const checked = v.safeParse(schema, complete);
      if (checked.success) return create(name, checked.output, tools, stage);
      throw new ReceiverConfigError(`${name}: ${problemOf(complete)}`);
    },
  };
}

/** What a schema's rows say has words of its own; what the map around them says hasn't. */
function wordsOf({ type, expected, message }: v.BaseIssue<unknown>, schema: v.GenericSchema): string {
  if (type === 'string' && message.startsWith('Invalid type')) return 'must be a text';
  if (type !== 'strict_object') return message;
  const known = 'entries' in schema ? Object.keys(Object(schema.entries)).join(', ') : '';
  if (expected !== 'never') return 'is missing';
  return known === '' ? 'unknown key: this kind has no options' : `unknown key: known here are kind, ${known}`;
}

/** secretNeeds are the needs of secrets by their names; what is no name needs nothing. */
export function secretNeeds(...names: readonly (string | undefined)[]): readonly Need[] {
  return names.flatMap((given): Need[] => {
    const secret = given === undefined ? undefined : parseSecretName(given);
    if (secret === undefined) return [];
    return [{ kind: secret.store === 'ssm' ? 'parameter' : 'secret', name: secret.name }];
  });
}
