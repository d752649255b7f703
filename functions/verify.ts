import { createPublicKeySource } from '../src/aws/cloudtrail-public-keys.ts';
import { cloudtrailClient, s3Client } from '../src/aws/clients.ts';
import { createS3TrailSource } from '../src/aws/s3/trail-source.ts';
import { lastDays, verificationRecords } from '../src/archive/verification/verification-records.ts';
import { verifyTrail } from '../src/archive/verification/verify.ts';
import { readConfig } from '../src/runtime/config.ts';
import { instrument } from '../src/runtime/middleware.ts';
import { createDetection } from '../src/app/detection.ts';

/** Two whole days: of the last one, the digest of its last hour may come after midnight, and backfill digests later. */
const days = 2;

/** VerificationError says that files could not be read: nothing is known of them, so that the run counts as failed. */
class VerificationError extends Error {
  override readonly name = 'VerificationError';
}

const { trailBucket, trailFolder } = readConfig(['trailBucket', 'trailFolder']);
const { examine, instruments } = await createDetection('verify');
const source = createS3TrailSource(s3Client(), trailBucket, trailFolder);
const keys = createPublicKeySource(cloudtrailClient);

/** handler verifies the trail's last days when its schedule says so, and runs the rules over what is not as delivered. */
export const handler = instrument(async (event: { readonly time: string }) => {
  if (trailBucket === '')
    throw new VerificationError('the stage has no trail bucket: deploy it with the parameter trailBucket');
  const range = lastDays(event.time, days);
  // Until an hour before the day's end: whichever minute of the hour a chain's digests come.
  const found = await verifyTrail(source, { ...range, keys, parallel: 16, expectedUntil: `${range.to}T22:55:00Z` });
  await examine(verificationRecords(found, event.time, range).map((record) => ({ kind: 'record', record })));
  const [unread] = found.unread;
  if (unread !== undefined) {
    throw new VerificationError(`${found.unread.length} files could not be read; ${unread.key}: ${unread.reason}`);
  }
}, instruments);
