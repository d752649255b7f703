import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { SSMClient } from '@aws-sdk/client-ssm';
import { parseSecretName, secretNameWanted, type SecretName, type SecretSource } from '../notify/index.ts';

export interface SecretsOptions {
  /** Each client is made when the first secret of its store is asked for. */
  readonly ssm: () => Client<SSMClient>;
  readonly secretsManager: () => Client<SecretsManagerClient>;
  /** Milliseconds that a value is kept, so that a changed secret is taken up without a deployment. */
  readonly keepMs?: number;
  /** Milliseconds for which a value counts as fresh, so that a receiver which is refused asks the store no more often. */
  readonly freshMs?: number;
  readonly now: () => Date;
}

type Client<C extends { send: unknown }> = Pick<C, 'send'> | Promise<Pick<C, 'send'>>;

/** SecretError says which secret could not be read, never what it holds. */
class SecretError extends Error {
  override readonly name = 'SecretError';
}

interface Kept {
  readonly value: Promise<string>;
  readonly sinceMs: number;
}

/** createSecrets reads secrets from SSM's Parameter Store and from Secrets Manager, and keeps each for a while. */
export function createSecrets(options: SecretsOptions): SecretSource {
  const { keepMs = 300_000, freshMs = 10_000, now } = options;
  const kept = new Map<string, Kept>();
  return async (name, { fresh = false } = {}) => {
    const nowMs = now().getTime();
    const entry = kept.get(name);
    if (entry !== undefined && nowMs < entry.sinceMs + (fresh ? freshMs : keepMs)) return entry.value;
    // The promise is kept, so that findings delivered side by side ask once.
    const value = read(name, options);
    kept.set(name, { value, sinceMs: nowMs });
    value.catch(() => {
      if (kept.get(name)?.value === value) kept.delete(name);
    });
    return value;
  };
}

async function read(given: string, options: SecretsOptions): Promise<string> {
  const secret = parseSecretName(given);
  // Not quoted: people paste secrets where their names belong.
  if (secret === undefined) throw new SecretError(`the name of a secret ${secretNameWanted}`);
  switch (secret.store) {
    case 'ssm':
      return readParameter(secret.name, options);
    case 'secretsmanager':
      return readSecret(secret, options);
    default:
      throw new Error(secret satisfies never);
  }
}

async function readParameter(name: string, { ssm }: SecretsOptions): Promise<string> {
  const what = `SSM parameter ${name}`;
  const { Parameter } = await asked(what, async () => {
    const store = await import('./receiver-clients/ssm.ts');
    return store.readParameter(await ssm(), name);
  });
  if (Parameter?.Type !== 'SecureString') {
    throw new SecretError(`${what}: is ${Parameter?.Type ?? 'empty'}: make it a SecureString`);
  }
  return filled(what, Parameter.Value);
}

async function readSecret(
  { name, jsonKey }: SecretName & { readonly store: 'secretsmanager' },
  { secretsManager }: SecretsOptions,
): Promise<string> {
  const what = `secret ${name} of Secrets Manager`;
  const { SecretString } = await asked(what, async () => {
    const store = await import('./receiver-clients/secrets-manager.ts');
    return store.readSecret(await secretsManager(), name);
  });
  const text = filled(what, SecretString);
  if (jsonKey === undefined) return text;
  const value = valueOf(text, jsonKey);
  if (typeof value !== 'string') throw new SecretError(`${what}: is not a JSON object with text under ${jsonKey}`);
  return filled(`${what}, key ${jsonKey}`, value);
}

async function asked<Answer>(what: string, ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask();
  } catch (cause) {
    const why = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    throw new SecretError(`${what}: ${why}`, { cause });
  }
}

function filled(what: string, value: string | undefined): string {
  const text = value?.trim() ?? '';
  if (text === '') throw new SecretError(`${what}: is empty`);
  return text;
}

// The parser's own error would quote the secret.
function valueOf(json: string, key: string): unknown {
  try {
    const data: unknown = JSON.parse(json);
    return typeof data === 'object' && data !== null && Object.hasOwn(data, key)
      ? (data as Readonly<Record<string, unknown>>)[key]
      : undefined;
  } catch {
    return undefined;
  }
}
