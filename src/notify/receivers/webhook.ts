import { createHmac } from 'node:crypto';
import { findingDetail } from '../../contract/detail.ts';
import { DeliveryError } from './receiver.ts';
import type { Receiver } from './receiver.ts';
import { checkedAddress, post, statusVerdict, type HttpTools } from './http.ts';
import { withSecrets, type ReadSecret } from './with-secrets.ts';

export interface WebhookOptions extends HttpTools {
  readonly name?: string;
  readonly address: ReadSecret;
  /** Gives the key to sign with, or several, separated by blanks: during a change of keys, both sign. */
  readonly signingKey: ReadSecret;
  readonly now: () => Date;
}

/**
 * createWebhook posts every finding as JSON, in the contract of `schemas/finding.schema.json`, signed with HMAC-SHA256 in
 * the way of Standard Webhooks, which has a library for most languages.
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function createWebhook(options: WebhookOptions): Receiver {
  const { name = 'webhook', address: readAddress, signingKey, now } = options;
  return {
    name,
    concurrency: 4,
    grouping: 'each',
    send: async ({ finding, id }, signal) => {
      const detail = findingDetail(finding, maxFindingBytes);
      if (detail === undefined) {
        const reason = { reason: 'too-large', retryable: false } as const;
        throw new DeliveryError(`${name}: finding ${finding.id} of rule ${finding.rule.id} is too large`, reason);
      }
      await withSecrets(name, { address: readAddress, 'signing key': signingKey }, async (secrets) => {
        const address = checkedAddress(name, secrets.address);
        const keys = keysOf(name, secrets['signing key']);
        const sentAt = now();
        const timestamp = String(Math.floor(sentAt.getTime() / 1000));
        const body = `{"type":"trailwatch.finding","id":${JSON.stringify(id)},"timestamp":${JSON.stringify(sentAt.toISOString())},"data":${detail.json}}`;
        const headers = {
          'content-type': 'application/json; charset=utf-8',
          'user-agent': 'Trailwatch',
          'webhook-id': id,
          'webhook-timestamp': timestamp,
          'webhook-signature': keys.map((key) => signatureOf(key, id, timestamp, body)).join(' '),
        };
        const request = { name, address, headers, body, secrets: secrets['signing key'].split(/\s+/) };
        await post(request, statusVerdict, options, signal);
      });
    },
  };
}

// Many servers take a megabyte at most.
const maxFindingBytes = 900_000;
const leastKeyBytes = 24;

/** signatureOf signs id, timestamp and body together: none of them can be changed, and an old request cannot pass for a new one. */
export function signatureOf(key: Uint8Array, id: string, timestamp: string, body: string): string {
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
}

function keysOf(name: string, secret: string): readonly Uint8Array[] {
  const keys = secret
    .split(/\s+/)
    .filter((text) => text !== '')
    .map((text) =>
      text.startsWith('whsec_') ? Buffer.from(text.slice('whsec_'.length), 'base64') : Buffer.from(text, 'utf8'),
    );
  if (keys.length > 0 && keys.every(({ length }) => length >= leastKeyBytes)) return keys;
  throw new DeliveryError(
    `${name}: its signing key is too short: whsec_ and the base64 of at least ${leastKeyBytes} random bytes`,
    { reason: 'misconfigured', retryable: false },
  );
}
