import { SecurityHubClient } from '@aws-sdk/client-securityhub';
import type { ClientSettings } from './settings.ts';

export function create(settings: ClientSettings): SecurityHubClient {
  return new SecurityHubClient(settings);
}
