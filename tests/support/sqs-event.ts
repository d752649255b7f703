import type { SQSEvent } from 'aws-lambda';

/** sqsEvent is a batch as Lambda reads it from a queue; its messages are message-1, message-2, … */
export function sqsEvent(bodies: readonly string[], queue = 'trailwatch-dev-test'): SQSEvent {
  return {
    Records: bodies.map((body, index) => ({
      messageId: `message-${index + 1}`,
      receiptHandle: `handle-${index + 1}`,
      body,
      attributes: {
        ApproximateReceiveCount: '1',
        SentTimestamp: '1768471200000',
        SenderId: 'AIDAIENQZJOLO23YVJ4VO',
        ApproximateFirstReceiveTimestamp: '1768471200100',
      },
      messageAttributes: {},
      md5OfBody: '0'.repeat(32),
      eventSource: 'aws:sqs',
      eventSourceARN: `arn:aws:sqs:eu-central-1:111122223333:${queue}`,
      awsRegion: 'eu-central-1',
    })),
  };
}
