import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { GetSecretValueCommandOutput } from '@aws-sdk/client-secrets-manager';
import type { ClientSettings } from './settings.ts';

export function create(settings: ClientSettings): SecretsManagerClient {
  return new SecretsManagerClient(settings);
}

/** readSecret asks for the current value of a secret. */
export function readSecret(
  client: Pick<SecretsManagerClient, 'send'>,
  name: string,
): Promise<GetSecretValueCommandOutput> {
  return client.send(new GetSecretValueCommand({ SecretId: name }));
}
