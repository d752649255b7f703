import type { Finding } from '../../src/model/finding.ts';
import { messageOf } from '../../src/notify/message/message.ts';
import type { Notification } from '../../src/notify/message/notification.ts';

/** notificationOf is what the pipeline hands to a receiver. */
export function notificationOf(finding: Finding): Notification {
  const message = messageOf(finding, { accounts: { '111122223333': { name: 'production' } } });
  return { id: finding.id, finding, message };
}

export const never = new AbortController().signal;

/** Credentials that every local endpoint takes. */
export const local = {
  region: 'us-east-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
} as const;
