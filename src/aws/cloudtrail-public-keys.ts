import { ListPublicKeysCommand, type CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import type { PublicKey } from '../archive/verification/digest.ts';
import type { KeySource } from '../archive/verification/check-digests.ts';
import { hourMs } from '../time/duration.ts';

/**
 * createPublicKeySource asks CloudTrail for the keys it signed digests with. Each region has keys of its own, so that each is asked.
 * https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_ListPublicKeys.html
 */
export function createPublicKeySource(clientOf: (region: string) => CloudTrailClient): KeySource {
  const clients = new Map<string, CloudTrailClient>();
  return async (region, from, to) => {
    const client = clients.get(region) ?? clientOf(region);
    clients.set(region, client);
    const keys: PublicKey[] = [];
    let token: string | undefined;
    do {
      const { PublicKeyList, NextToken } = await client.send(
        new ListPublicKeysCommand({
          // A digest is signed a little after its hour is over, and a key may just have changed.
          StartTime: new Date(Date.parse(from) - hourMs),
          EndTime: new Date(Date.parse(to) + hourMs),
          ...(token !== undefined && { NextToken: token }),
        }),
      );
      for (const { Fingerprint, Value } of PublicKeyList ?? []) {
        if (Fingerprint !== undefined && Value !== undefined) keys.push({ fingerprint: Fingerprint, value: Value });
      }
      token = NextToken;
    } while (token !== undefined);
    return keys;
  };
}
