import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { GetParameterCommandOutput } from '@aws-sdk/client-ssm';
import type { ClientSettings } from './settings.ts';

export function create(settings: ClientSettings): SSMClient {
  return new SSMClient(settings);
}

/** readParameter asks for a parameter, decrypted. */
export function readParameter(client: Pick<SSMClient, 'send'>, name: string): Promise<GetParameterCommandOutput> {
  return client.send(new GetParameterCommand({ Name: name, WithDecryption: true }));
}
