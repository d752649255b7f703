import { GetParameterCommand } from '@aws-sdk/client-ssm';
import type { SSMClient } from '@aws-sdk/client-ssm';

export interface SsmSecretOptions {
  readonly client: Pick<SSMClient, 'send'>;
  /** Milliseconds that a value is kept, so that a changed secret is taken up without a deployment. */
  readonly keepMs?: number;
  readonly now: () => Date;
}

/** SecretError says which parameter could not be read, never what it holds. */
export class SecretError extends Error {
  override readonly name = 'SecretError';
}

/** SecretSource gives the secret of a name. */
export type SecretSource = (name: string) => Promise<string>;

/** createSsmSecrets reads SecureString parameters of the SSM Parameter Store, and keeps each for a while. */
export function createSsmSecrets({ client, keepMs = 300_000, now }: SsmSecretOptions): SecretSource {
  const kept = new Map<string, { readonly value: Promise<string>; readonly untilMs: number }>();
  return async (name) => {
    const nowMs = now().getTime();
    const entry = kept.get(name);
    if (entry !== undefined && nowMs < entry.untilMs) return entry.value;
    // The promise is kept, so that findings delivered side by side ask once.
    const value = read(client, name);
    kept.set(name, { value, untilMs: nowMs + keepMs });
    value.catch(() => {
      if (kept.get(name)?.value === value) kept.delete(name);
    });
    return value;
  };
}

async function read(client: SsmSecretOptions['client'], name: string): Promise<string> {
  let value: string | undefined;
  let type: string | undefined;
  try {
    const { Parameter } = await client.send(new GetParameterCommand({ Name: name, WithDecryption: true }));
    value = Parameter?.Value?.trim();
    type = Parameter?.Type;
  } catch (cause) {
    const why = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    throw new SecretError(`SSM parameter ${name}: ${why}`, { cause });
  }
  if (type !== 'SecureString')
    throw new SecretError(`SSM parameter ${name}: is ${type ?? 'empty'}: make it a SecureString`);
  if (value === undefined || value === '') throw new SecretError(`SSM parameter ${name}: holds nothing`);
  return value;
}
