import { AthenaClient } from '@aws-sdk/client-athena';
import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { FirehoseClient } from '@aws-sdk/client-firehose';
import { GlueClient } from '@aws-sdk/client-glue';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';

/** A call that hangs must fail while the function still has the time to try again, and to say so. */
const patience = {
  maxAttempts: 4,
  requestHandler: { connectionTimeout: 2_000, requestTimeout: 10_000, throwOnRequestTimeout: true },
} as const;

// Clients take region, credentials and endpoint from the environment, as the AWS SDK documents it. Each is a function of
// its own, so that a bundle holds no SDK that its function doesn't use.

export function athenaClient(): AthenaClient {
  // Its own limits on calls are low: a few reports at once are throttled.
  return new AthenaClient({ ...patience, maxAttempts: 8 });
}

/** A region's own: each signs its digests with its own keys. */
export function cloudtrailClient(region: string): CloudTrailClient {
  return new CloudTrailClient({ ...patience, region });
}

export function dynamodbClient(region?: string): DynamoDBClient {
  return new DynamoDBClient({ ...patience, ...(region !== undefined && { region }) });
}

export function eventBridgeClient(): EventBridgeClient {
  return new EventBridgeClient(patience);
}

export function firehoseClient(): FirehoseClient {
  return new FirehoseClient(patience);
}

export function glueClient(): GlueClient {
  return new GlueClient(patience);
}

export function s3Client(): S3Client {
  // A trail's bucket may be in another region than the function.
  return new S3Client({ ...patience, followRegionRedirects: true });
}

export function sqsClient(): SQSClient {
  // The endpoint that the environment names, not the one that a queue's URL does.
  return new SQSClient({ ...patience, useQueueUrlAsEndpoint: false });
}
