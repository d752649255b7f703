import { STSClient } from '@aws-sdk/client-sts';
import type { Account } from '../../doctor/account.ts';
import { createAsk } from './ask.ts';
import { eventsOf } from './events.ts';
import { functionsOf } from './functions.ts';
import { identityOf } from './identity.ts';
import { messagesOf } from './messages.ts';
import { queriesOf } from './queries.ts';
import { stackOf } from './stack.ts';
import { trailOf } from './trail.ts';

export interface AccountOptions {
  readonly region: string;
  /** Ends calls that are under way. */
  readonly signal: AbortSignal;
  readonly now: () => Date;
}

/** createAccount looks at the account that the environment's credentials lead to, in one region. */
export function createAccount({ region, signal, now }: AccountOptions): Account {
  const ask = createAsk(signal);
  // A person waits at a terminal: a call that hangs must fail while they do.
  const client = {
    region,
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 3_000, requestTimeout: 8_000, throwOnRequestTimeout: true },
  } as const;
  return {
    region,
    ...identityOf(client, ask, now),
    ...stackOf(client, ask),
    ...trailOf(client, ask),
    ...eventsOf(client, ask),
    ...messagesOf(client, ask),
    ...functionsOf(client, ask),
    ...queriesOf(client, ask),
  };
}

/** regionOfEnvironment is the region that the AWS CLI would take too: the environment's, the profile's, else us-east-1. */
export async function regionOfEnvironment(): Promise<string> {
  const client = new STSClient({});
  try {
    return await client.config.region();
  } catch {
    return 'us-east-1';
  } finally {
    client.destroy();
  }
}
