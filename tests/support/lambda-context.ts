import type { Context } from 'aws-lambda';

/** lambdaContext is what Lambda's runtime hands to a handler beside the event. */
export function lambdaContext(functionName: string, remainingMs = 30_000): Context {
  return {
    functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: `arn:aws:lambda:eu-central-1:111122223333:function:${functionName}`,
    memoryLimitInMB: '512',
    awsRequestId: '6f1c0b2e-3d4e-4f5a-8b6c-7d8e9f0a1b2c',
    logGroupName: `/aws/lambda/${functionName}`,
    logStreamName: '2026/01/15/[$LATEST]0123456789abcdef',
    callbackWaitsForEmptyEventLoop: false,
    getRemainingTimeInMillis: () => remainingMs,
    done: () => {},
    fail: () => {},
    succeed: () => {},
  };
}
