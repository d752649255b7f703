import { DeliveryError, type DeliveryReason } from './receiver.ts';

/** ReadSecret gives a secret; `fresh` reads it again, when the kept one was refused. */
export type ReadSecret = (options?: { readonly fresh?: boolean }) => Promise<string>;

/** The reasons that an old address, key or token gets. */
const refusals: ReadonlySet<DeliveryReason> = new Set(['unauthorized', 'misconfigured']);

/**
 * withSecrets does the work with the secrets. When the work is refused and a secret has changed since it was read, it does the
 * work once more with the new secret.
 * @throws {DeliveryError} as the work does, and when a secret can't be read.
 */
export async function withSecrets<Key extends string, Result>(
  name: string,
  secrets: Readonly<Record<Key, ReadSecret>>,
  work: (values: Readonly<Record<Key, string>>) => Promise<Result>,
): Promise<Result> {
  const values = await readAll(name, secrets, false);
  try {
    return await work(values);
  } catch (error) {
    if (!(error instanceof DeliveryError) || !refusals.has(error.reason)) throw error;
    const renewed = await readAll(name, secrets, true).catch(() => values);
    if (Object.keys(values).every((key) => values[key as Key] === renewed[key as Key])) throw error;
    return work(renewed);
  }
}

async function readAll<Key extends string>(
  name: string,
  secrets: Readonly<Record<Key, ReadSecret>>,
  fresh: boolean,
): Promise<Readonly<Record<Key, string>>> {
  const entries = await Promise.all(
    Object.entries<ReadSecret>(secrets).map(async ([key, read]) => {
      try {
        return [key, await read({ fresh })] as const;
      } catch (cause) {
        const why = cause instanceof Error ? cause.message : String(cause);
        // Retryable: once the secret is there and may be read, delivery goes on by itself.
        const options = { reason: 'misconfigured', retryable: true, cause } as const;
        throw new DeliveryError(`${name}: could not read its ${key}: ${why}`, options);
      }
    }),
  );
  return Object.fromEntries(entries) as Record<Key, string>;
}
