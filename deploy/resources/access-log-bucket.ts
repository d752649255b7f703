import { attribute, kept, policy, ref, sub, tlsOnly, type Part } from '../cloudformation.ts';
import type { Stage } from '../stage.ts';
import { closedBucket } from './closed-bucket.ts';

/**
 * accessLogBucket gives the bucket of the archive's server access log: who read or deleted what of the evidence. It outlives the stage
 * as the archive does. https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
 */
export function accessLogBucket({ prefix, params }: Stage): Part {
  return {
    Resources: {
      AccessLogBucket: kept('AWS::S3::Bucket', {
        ...closedBucket(sub(`${prefix}-access-log-\${AWS::AccountId}-\${AWS::Region}`)),
        LifecycleConfiguration: {
          Rules: [
            {
              Id: 'logs',
              Status: 'Enabled',
              // As long as the archive that it is about; for ever when that is.
              ...(params.archiveDays !== undefined && { ExpirationInDays: params.archiveDays }),
              NoncurrentVersionExpiration: { NoncurrentDays: 30 },
              AbortIncompleteMultipartUpload: { DaysAfterInitiation: 2 },
            },
          ],
        },
      }),
      AccessLogBucketPolicy: {
        Type: 'AWS::S3::BucketPolicy',
        Properties: {
          Bucket: ref('AccessLogBucket'),
          PolicyDocument: policy([
            {
              Sid: 'S3WritesAccessLogs',
              Effect: 'Allow',
              Principal: { Service: 'logging.s3.amazonaws.com' },
              Action: 's3:PutObject',
              Resource: sub('${AccessLogBucket.Arn}/*'),
              Condition: { StringEquals: { 'aws:SourceAccount': ref('AWS::AccountId') } },
            },
            tlsOnly('s3:*', [attribute('AccessLogBucket'), sub('${AccessLogBucket.Arn}/*')]),
          ]),
        },
      },
    },
  };
}
