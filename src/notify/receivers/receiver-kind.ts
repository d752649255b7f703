import * as v from 'valibot';
import type { Random, Sleep } from '../../retry/backoff.ts';
import type { Receiver } from './receiver.ts';
import type { PublishFindings } from './findings-bus.ts';
import type { SecurityHubOptions } from './security-hub.ts';
import type { SnsOptions } from './sns.ts';
import { parseSecretName } from './secret-name.ts';

/** SecretSource gives the secret of a name; `fresh` reads it again, when the kept one was refused. */
export type SecretSource = (name: string, options?: { readonly fresh?: boolean }) => Promise<string>;

/** ReceiverTools are the clients and functions of receivers: a client is loaded and made when the first receiver asks for it. */
export interface ReceiverTools {
  readonly sns: () => SnsOptions['client'] | Promise<SnsOptions['client']>;
  /** findingsBus makes a function that publishes on the bus of that name or ARN. */
  readonly findingsBus: (bus: string) => PublishFindings | Promise<PublishFindings>;
  readonly securityHub: () => SecurityHubOptions['client'] | Promise<SecurityHubOptions['client']>;
  readonly secret: SecretSource;
  readonly fetch: typeof fetch;
  readonly sleep: Sleep;
  readonly random: Random;
  readonly now: () => Date;
}

/** StageFacts are the receivers that a stage deploys, or has as parameters. */
export interface StageFacts {
  readonly alertsTopic: string;
  /** Empty without a Slack address. */
  readonly slackWebhookParameter: string;
}

/** Need is a permission of a receiver. */
export type Need =
  | { readonly kind: 'publish'; readonly topicArn: string }
  | { readonly kind: 'put-events'; readonly busArn: string }
  | { readonly kind: 'import-findings' }
  | { readonly kind: 'parameter'; readonly name: string }
  | { readonly kind: 'secret'; readonly name: string };

/** ReceiverKind checks a receiver's configuration, and makes the receiver. */
export interface ReceiverKind {
  /** As in Receiver: groups of findings for people, or each finding for a program. */
  readonly grouping: NonNullable<Receiver['grouping']>;
  /** Says what is wrong with the options; undefined when they are right. */
  readonly problem: (given: unknown) => string | undefined;
  /** The permissions beyond those that a stage has anyway; none for wrong options. */
  readonly needs: (given: unknown) => readonly Need[];
  /**
   * Gives undefined where the stage has no such receiver, for example Slack without an address.
   * @throws {ReceiverConfigError} with the text of `problem`.
   */
  readonly create: (
    name: string,
    given: unknown,
    tools: ReceiverTools,
    stage: StageFacts,
  ) => Promise<Receiver | undefined>;
}

interface Row<Schema extends v.GenericSchema> {
  /** `each` for receivers that programs read. */
  readonly grouping?: 'each';
  /** The schema of the options beside `kind`; unknown keys are refused. */
  readonly options: Schema;
  /** The options where the configuration names only the kind; undefined where the stage has no such receiver. */
  readonly inStage?: (stage: StageFacts) => v.InferInput<Schema> | undefined;
  readonly needs: (options: v.InferOutput<Schema>) => readonly Need[];
  /** Loads the receiver's code on demand: a stage never waits for an SDK that it does not use. */
  readonly create: (
    name: string,
    options: v.InferOutput<Schema>,
    tools: ReceiverTools,
    stage: StageFacts,
  ) => Promise<Receiver>;
}

/** ReceiverConfigError says which receiver's configuration is wrong, and what is wrong with it. */
export class ReceiverConfigError extends Error {
  override readonly name = 'ReceiverConfigError';
}

/** receiverKind makes a row of the table of receivers. */
export function receiverKind<Schema extends v.GenericSchema>(row: Row<Schema>): ReceiverKind {
  const { options: schema, grouping = 'grouped', inStage, needs, create } = row;
  const problemOf = (given: unknown): string | undefined => {
    const { issues } = v.safeParse(schema, given);
    if (issues === undefined) return undefined;
    // A misspelled key is reported before the key that it leaves missing.
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

/** The options of a schema have messages of their own; the map around them gets its message here. */
function wordsOf({ type, expected, message }: v.BaseIssue<unknown>, schema: v.GenericSchema): string {
  if (type === 'string' && message.startsWith('Invalid type')) return 'must be a text';
  if (type !== 'strict_object') return message;
  const known = 'entries' in schema ? Object.keys(Object(schema.entries)).join(', ') : '';
  if (expected !== 'never') return 'is missing';
  return known === '' ? 'unknown key: this kind has no options' : `unknown key: known here are kind, ${known}`;
}

/** secretNeeds lists the permissions for secrets by their names; text that is not a name needs none. */
export function secretNeeds(...names: readonly (string | undefined)[]): readonly Need[] {
  return names.flatMap((given): Need[] => {
    const secret = given === undefined ? undefined : parseSecretName(given);
    if (secret === undefined) return [];
    return [{ kind: secret.store === 'ssm' ? 'parameter' : 'secret', name: secret.name }];
  });
}
