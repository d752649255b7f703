import { openEventBridgeEvent } from '../src/ingest/envelopes/event-bridge.ts';
import { instrument } from '../src/runtime/middleware.ts';
import { createDetection } from '../src/app/detection.ts';

const { examine, instruments, opener } = await createDetection('event-bus');

/** handler reads one EventBridge event: what CloudTrail saw, or an instance that changed its state. */
export const handler = instrument(async (event: unknown) => {
  await examine(openEventBridgeEvent(event, undefined, opener));
}, instruments);
