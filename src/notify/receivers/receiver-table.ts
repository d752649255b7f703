import * as v from 'valibot';
import { receiverKind, secretNeeds } from './receiver-kind.ts';
import type { Need, ReceiverKind, ReceiverTools, StageFacts } from './receiver-kind.ts';
import type { Receiver } from './receiver.ts';
import { isSafeAddress } from './http.ts';
import type { ReadSecret } from './with-secrets.ts';
import { parseSecretName, secretNameWanted } from './secret-name.ts';

const text = v.pipe(v.string(), v.minLength(1));

const secretName = v.pipe(
  text,
  v.check((name) => parseSecretName(name) !== undefined, secretNameWanted),
);

/** An address without a secret may stand in the configuration as it is. */
const address = v.pipe(
  text,
  v.check(
    (given) => isSafeAddress(given) || parseSecretName(given) !== undefined,
    `must be an https:// address without user and password, or, where it is a secret, ${secretNameWanted.replace('must name', 'name')}`,
  ),
);

const arnOf = (service: string, example: string) =>
  v.pipe(text, v.regex(new RegExp(`^arn:aws[a-z-]*:${service}:[a-z0-9-]+:\\d{12}:`), `must be an ARN, as ${example}`));

/** receiverKinds is the table of receivers that a stage can send to: a new one is a row here, and a file in `receivers/`. */
export const receiverKinds = {
  sns: receiverKind({
    options: v.strictObject({ topicArn: arnOf('sns', 'arn:aws:sns:eu-west-1:111122223333:alerts') }),
    inStage: ({ alertsTopic }) => ({ topicArn: alertsTopic }),
    needs: ({ topicArn }) => [{ kind: 'publish', topicArn }],
    create: async (name, { topicArn }, { sns }) =>
      (await import('./sns.ts')).createSns({ name, client: await sns(), topicArn }),
  }),
  'slack-webhook': receiverKind({
    options: v.strictObject({ address: secretName }),
    inStage: ({ slackWebhookParameter: parameter }) => (parameter === '' ? undefined : { address: `ssm:${parameter}` }),
    needs: ({ address: name }) => secretNeeds(name),
    create: async (name, options, { secret, fetch, sleep }) =>
      (await import('./slack-webhook.ts')).createSlackWebhook({
        name,
        address: (how) => secret(options.address, how),
        fetch,
        sleep,
      }),
  }),
  'slack-bot': receiverKind({
    options: v.strictObject({
      token: secretName,
      channel: v.pipe(
        text,
        v.regex(/^(?:[CDG][A-Z0-9]{6,20}|#[\p{L}\p{N}_-]{1,80})$/u, 'must be a channel’s id, as C0123456789, or #name'),
      ),
    }),
    needs: ({ token }) => secretNeeds(token),
    create: async (name, { token, channel }, { secret, fetch, sleep }) =>
      (await import('./slack-bot.ts')).createSlackBot({
        name,
        token: (how) => secret(token, how),
        channel,
        fetch,
        sleep,
      }),
  }),
  teams: receiverKind({
    options: v.strictObject({ address: secretName }),
    needs: ({ address: name }) => secretNeeds(name),
    create: async (name, options, { secret, fetch, sleep }) =>
      (await import('./teams.ts')).createTeams({
        name,
        address: (how) => secret(options.address, how),
        fetch,
        sleep,
      }),
  }),
  pagerduty: receiverKind({
    options: v.strictObject({
      routingKey: secretName,
      /** Where the account lives: PagerDuty's service regions. */
      region: v.optional(v.picklist(['us', 'eu'], 'must be us or eu'), 'us'),
      /** Whether an incident is resolved when its group's repeat interval ends. */
      autoResolve: v.optional(v.boolean('must be true or false'), false),
    }),
    needs: ({ routingKey }) => secretNeeds(routingKey),
    create: async (name, { routingKey, region, autoResolve }, { secret, fetch, sleep }) => {
      const { createPagerDuty, pagerDutyAddresses } = await import('./pagerduty.ts');
      return createPagerDuty({
        name,
        routingKey: (how) => secret(routingKey, how),
        address: pagerDutyAddresses[region],
        autoResolve,
        fetch,
        sleep,
      });
    },
  }),
  webhook: receiverKind({
    grouping: 'each',
    options: v.strictObject({ address, signingKey: secretName }),
    needs: (options) => secretNeeds(nameIn(options.address), options.signingKey),
    create: async (name, options, { secret, fetch, now }) =>
      (await import('./webhook.ts')).createWebhook({
        name,
        address: addressReader(options.address, secret),
        signingKey: (how) => secret(options.signingKey, how),
        fetch,
        now,
      }),
  }),
  gelf: receiverKind({
    grouping: 'each',
    options: v.strictObject({
      address,
      /** Names the secret with the whole `Authorization` header. */
      authorization: v.optional(secretName),
      gzip: v.optional(v.boolean('must be true or false'), true),
    }),
    needs: (options) => secretNeeds(nameIn(options.address), options.authorization),
    create: async (name, { authorization, gzip, ...options }, { secret, fetch }) =>
      (await import('./gelf.ts')).createGelf({
        name,
        address: addressReader(options.address, secret),
        ...(authorization !== undefined && { authorization: (how) => secret(authorization, how) }),
        gzip,
        fetch,
      }),
  }),
  'security-hub': receiverKind({
    grouping: 'each',
    options: v.strictObject({}),
    inStage: () => ({}),
    needs: () => [{ kind: 'import-findings' }],
    create: async (name, _options, { securityHub, now }, { alertsTopic }) =>
      (await import('./security-hub.ts')).createSecurityHub({
        name,
        client: await securityHub(),
        // The stage's own partition, region and account: its topic has them.
        place: placeOf(alertsTopic),
        now,
      }),
  }),
  'findings-bus': receiverKind({
    grouping: 'each',
    options: v.strictObject({ busArn: arnOf('events', 'arn:aws:events:eu-west-1:111122223333:event-bus/security') }),
    needs: ({ busArn }) => [{ kind: 'put-events', busArn }],
    create: async (name, { busArn }, { findingsBus }) =>
      (await import('./findings-bus.ts')).createFindingsBus({ name, publish: await findingsBus(busArn) }),
  }),
} as const satisfies Record<string, ReceiverKind>;

type ReceiverKindName = keyof typeof receiverKinds;

/** ReceiverSettings is one receiver as configured, without its name; the seen store remembers deliveries by the name. */
export interface ReceiverSettings {
  readonly kind: ReceiverKindName;
  readonly [option: string]: unknown;
}

/**
 * createReceivers makes the receivers of a stage, in their order, without those that the stage does not have, for example Slack
 * without an address.
 * @throws {ReceiverConfigError} for wrong options.
 */
export async function createReceivers(
  settings: Readonly<Record<string, ReceiverSettings>>,
  stage: StageFacts,
  tools: ReceiverTools,
): Promise<readonly Receiver[]> {
  const made = await Promise.all(
    Object.entries(settings).map(([name, { kind, ...options }]) =>
      receiverKinds[kind].create(name, options, tools, stage),
    ),
  );
  return made.filter((receiver) => receiver !== undefined);
}

/** receiversOf lists the receivers that are configured, and who reads there, without making any. */
export function receiversOf(
  settings: Readonly<Record<string, ReceiverSettings>>,
): readonly Pick<Receiver, 'name' | 'grouping'>[] {
  return Object.entries(settings).map(([name, { kind }]) => {
    const { grouping } = receiverKinds[kind];
    return { name, ...(grouping && { grouping }) };
  });
}

/** receiverProblem says what is wrong with a receiver's options; undefined when they are right. */
export function receiverProblem({ kind, ...options }: ReceiverSettings): string | undefined {
  return receiverKinds[kind].problem(options);
}

/** receiverNeeds lists the permissions of the configured receivers beyond those that a stage has anyway. */
export function receiverNeeds(settings: Readonly<Record<string, ReceiverSettings>>): readonly Need[] {
  return Object.values(settings).flatMap(({ kind, ...options }) => receiverKinds[kind].needs(options));
}

function nameIn(given: string): string | undefined {
  return isSafeAddress(given) ? undefined : given;
}

function addressReader(given: string, secret: ReceiverTools['secret']): ReadSecret {
  const name = nameIn(given);
  return name === undefined ? async () => given : (how) => secret(name, how);
}

function placeOf(arn: string): { readonly partition: string; readonly region: string; readonly account: string } {
  const [, partition = 'aws', , region = '', account = ''] = arn.split(':');
  return { partition, region, account };
}
