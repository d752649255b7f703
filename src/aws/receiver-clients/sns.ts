import { SNSClient } from '@aws-sdk/client-sns';
import type { ClientSettings } from './settings.ts';

export function create(settings: ClientSettings): SNSClient {
  return new SNSClient(settings);
}
