import { openLogsSubscription } from '../src/ingest/envelopes/cloudwatch-logs.ts';
import { instrument } from '../src/runtime/middleware.ts';
import { createDetection } from '../src/app/detection.ts';

const { examine, instruments, opener } = await createDetection('logs-subscription');

/** handler reads what a CloudWatch Logs subscription sends: CloudTrail records or lines of host logs. */
export const handler = instrument(async (event: unknown) => {
  await examine(openLogsSubscription(event, undefined, opener));
}, instruments);
