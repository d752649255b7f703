import type { PublicKey } from './digest.ts';

/** PublicKeyFileError says why a file of public keys can't be used. */
export class PublicKeyFileError extends Error {
  override readonly name = 'PublicKeyFileError';
}

/**
 * parsePublicKeys reads what `aws cloudtrail list-public-keys` prints, or several of its answers in a list.
 * @throws {PublicKeyFileError} when it is anything else.
 */
export function parsePublicKeys(text: string): readonly PublicKey[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw new PublicKeyFileError('it is not JSON', { cause });
  }
  const answers: readonly unknown[] = Array.isArray(parsed) ? parsed : [parsed];
  const keys = answers.flatMap((answer) => {
    const list = (answer as { readonly PublicKeyList?: unknown } | null)?.PublicKeyList;
    return Array.isArray(list) ? (list as readonly unknown[]) : [answer];
  });
  return keys.map((key, index) => publicKey(key, index));
}

function publicKey(value: unknown, index: number): PublicKey {
  const { Fingerprint: fingerprint, Value: key } = (value ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof fingerprint !== 'string' || typeof key !== 'string') {
    throw new PublicKeyFileError(`key ${index + 1} has no Fingerprint or no Value`);
  }
  return { fingerprint, value: Buffer.from(key, 'base64') };
}
