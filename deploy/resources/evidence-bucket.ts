import { attribute, kept, policy, ref, sub, tlsOnly, type Part } from '../cloudformation.ts';
import { evidenceBucketName, type Stage } from '../stage.ts';
import { closedBucket } from './closed-bucket.ts';

/**
 * evidenceBucket gives a bucket with object lock for the evidence that reports file, where the stage locks it. It is a bucket of its
 * own, since S3 Object Lock holds for a whole bucket, and CloudFormation replaces a bucket that gets it later.
 */
export function evidenceBucket({ params, prefix }: Stage): Part {
  const { evidenceLockDays: days, evidenceLockMode: mode } = params;
  if (days === undefined) return { Resources: {} };
  return {
    Resources: {
      EvidenceBucket: kept('AWS::S3::Bucket', {
        ...closedBucket(sub(evidenceBucketName(prefix))),
        ObjectLockEnabled: true,
        ObjectLockConfiguration: {
          ObjectLockEnabled: 'Enabled',
          Rule: { DefaultRetention: { Mode: mode, Days: days } },
        },
        LoggingConfiguration: { DestinationBucketName: ref('AccessLogBucket'), LogFilePrefix: 'evidence/' },
      }),
      EvidenceBucketPolicy: {
        Type: 'AWS::S3::BucketPolicy',
        Properties: {
          Bucket: ref('EvidenceBucket'),
          PolicyDocument: policy([tlsOnly('s3:*', [attribute('EvidenceBucket'), sub('${EvidenceBucket.Arn}/*')])]),
        },
      },
    },
  };
}
