import { setTimeout as wait } from 'node:timers/promises';
import type { ReceiverTools } from '../notify/receiver-kind.ts';
import { createSecrets } from './secrets.ts';

export interface ReceiverToolsOptions {
  readonly now: () => Date;
  /** Where the environment doesn't say it. */
  readonly region?: string;
  /** Sees each client once, when it is made: tracing wraps it. */
  readonly traced?: <Client extends object>(client: Client) => Client;
}

/** Few attempts of the client's own: whoever sends tries again later, and waits for nobody meanwhile. */
const patience = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 2_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
} as const;

/** createReceiverTools gives receivers what they work with in AWS; an SDK is loaded when the first receiver wants it. */
export function createReceiverTools({ now, region, traced = (client) => client }: ReceiverToolsOptions): ReceiverTools {
  const settings = { ...patience, ...(region !== undefined && { region }) };
  return {
    sns: once(async () => {
      const { SNSClient } = await import('@aws-sdk/client-sns');
      return traced(new SNSClient(settings));
    }),
    eventBridge: once(async () => {
      const { EventBridgeClient } = await import('@aws-sdk/client-eventbridge');
      return traced(new EventBridgeClient(settings));
    }),
    securityHub: once(async () => {
      const { SecurityHubClient } = await import('@aws-sdk/client-securityhub');
      return traced(new SecurityHubClient(settings));
    }),
    secret: createSecrets({
      ssm: once(async () => {
        const { SSMClient } = await import('@aws-sdk/client-ssm');
        return traced(new SSMClient(settings));
      }),
      secretsManager: once(async () => {
        const { SecretsManagerClient } = await import('@aws-sdk/client-secrets-manager');
        return traced(new SecretsManagerClient(settings));
      }),
      now,
    }),
    fetch,
    sleep: (ms, signal) => wait(ms, undefined, { signal }),
    random: Math.random,
    now,
  };
}

function once<Made>(make: () => Promise<Made>): () => Promise<Made> {
  let made: Promise<Made> | undefined;
  return () => (made ??= make());
}
