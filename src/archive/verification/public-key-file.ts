import type { PublicKey } from './digest.ts';

/** PublicKeyFileError says why a file of public keys can't be used. */
export class PublicKeyFileError extends Error {
  override readonly name = 'PublicKeyFileError';
}

/**
 * parsePublicKeys reads the output of `aws cloudtrail list-public-keys`, or a list of several outputs.
 * @throws {PublicKeyFileError} for any other text.
 */
export function parsePublicKeys(text: string): readonly PublicKey[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw new PublicKeyFileError('expected JSON', { cause });
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
    throw new PublicKeyFileError(`key ${index + 1}: expected Fingerprint and Value`);
  }
  return { fingerprint, value: Buffer.from(key, 'base64') };
}
