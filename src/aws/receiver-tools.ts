import { setTimeout as wait } from 'node:timers/promises';
import type { ReceiverTools } from '../notify/index.ts';
import type { ClientSettings } from './receiver-clients/settings.ts';
import { createSecrets } from './secrets.ts';

export interface ReceiverToolsOptions {
  readonly now: () => Date;
  /** Where the environment doesn't say it. */
  readonly region?: string;
  /** Sees each client once, when it is made: tracing wraps it. */
  readonly traced?: <Client extends object>(client: Client) => Client;
}

const patience = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 2_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
} as const;

/**
 * createReceiverTools gives receivers what they work with in AWS. An SDK is loaded when the first receiver wants it, each by
 * a module of its own: whole, the five of them would take longer to load than all else.
 */
export function createReceiverTools({ now, region, traced = (client) => client }: ReceiverToolsOptions): ReceiverTools {
  const settings: ClientSettings = { ...patience, ...(region !== undefined && { region }) };
  const client = <Made extends object>(
    load: () => Promise<{ create(settings: ClientSettings): Made }>,
  ): (() => Promise<Made>) => once(async () => traced((await load()).create(settings)));
  const eventBridge = client(() => import('./receiver-clients/event-bridge.ts'));
  const sleep: ReceiverTools['sleep'] = (ms, signal) => wait(ms, undefined, { signal });
  return {
    sns: client(() => import('./receiver-clients/sns.ts')),
    findingsBus: async (bus) => {
      const { createFindingsBus } = await import('./findings-bus.ts');
      return createFindingsBus({ client: await eventBridge(), bus, sleep, random: Math.random }).publish;
    },
    securityHub: client(() => import('./receiver-clients/security-hub.ts')),
    secret: createSecrets({
      ssm: client(() => import('./receiver-clients/ssm.ts')),
      secretsManager: client(() => import('./receiver-clients/secrets-manager.ts')),
      now,
    }),
    fetch,
    sleep,
    random: Math.random,
    now,
  };
}

function once<Made>(make: () => Promise<Made>): () => Promise<Made> {
  let made: Promise<Made> | undefined;
  return () => (made ??= make());
}
