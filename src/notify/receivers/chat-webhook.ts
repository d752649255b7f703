import type { Sleep } from '../../retry/backoff.ts';
import type { Notification } from '../message/notification.ts';
import { checkedAddress, patiently, post, type HttpAnswer, type HttpTools, type Verdict } from './http.ts';
import type { Receiver } from './receiver.ts';
import { withSecrets, type ReadSecret } from './with-secrets.ts';

export const chatHeaders = { 'content-type': 'application/json; charset=utf-8' } as const;

export interface ChatWebhookOptions extends HttpTools {
  readonly name?: string;
  /** Gives the webhook's address, which is a secret: whoever knows it can post. */
  readonly address: ReadSecret;
  readonly sleep: Sleep;
}

interface Chat {
  readonly name: string;
  readonly judge: (answer: HttpAnswer) => Verdict;
  /** Posts the notification as a payload of this chat, in brief where the chat refuses the whole. */
  readonly send: (notification: Notification, postPayload: (payload: object) => Promise<unknown>) => Promise<unknown>;
}

/** createChatWebhook makes a receiver that posts to a chat's webhook, one message after the other. */
export function createChatWebhook(options: ChatWebhookOptions, chat: Chat): Receiver {
  const { name = chat.name, address: readAddress, sleep } = options;
  return {
    name,
    concurrency: 1,
    send: async (notification, signal) => {
      await withSecrets(name, { address: readAddress }, async (secrets) => {
        const address = checkedAddress(name, secrets.address);
        await chat.send(notification, (payload) => {
          const request = { name, address, headers: chatHeaders, body: JSON.stringify(payload) };
          return patiently(() => post(request, chat.judge, options, signal), sleep, signal);
        });
      });
    },
  };
}
