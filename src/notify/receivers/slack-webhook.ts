import { createChatWebhook, type ChatWebhookOptions } from './chat-webhook.ts';
import type { Receiver } from './receiver.ts';
import { orBriefly, slackVerdict } from './slack-answer.ts';

/**
 * createSlackWebhook posts to a Slack incoming webhook, which cannot change a message or answer in its thread: an update is a
 * short message of its own. Slack takes about one post a second. Errors never show the webhook's address.
 * https://docs.slack.dev/apis/web-api/rate-limits
 */
export function createSlackWebhook(options: ChatWebhookOptions): Receiver {
  return createChatWebhook(options, {
    name: 'slack',
    judge: slackVerdict,
    send: ({ message, group }, postPayload) => orBriefly((write) => postPayload(write(message, group))),
  });
}
