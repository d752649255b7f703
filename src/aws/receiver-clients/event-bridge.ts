import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { ClientSettings } from './settings.ts';

export function create(settings: ClientSettings): EventBridgeClient {
  return new EventBridgeClient(settings);
}
