import type { Sleep } from '../../retry/backoff.ts';
import type { Receiver } from './receiver.ts';
import { checkedAddress, patiently, post, type HttpTools } from './http.ts';
import { orBriefly, slackHeaders, slackVerdict } from './slack-answer.ts';
import { withSecrets, type ReadSecret } from './with-secrets.ts';

export interface SlackWebhookOptions extends HttpTools {
  readonly name?: string;
  /** Gives the webhook's address, which is a secret: whoever knows it can post. */
  readonly address: ReadSecret;
  readonly sleep: Sleep;
}

/**
 * createSlackWebhook posts to a Slack incoming webhook, which can't change a message or answer in its thread: more of the
 * same news is a short message of its own. Its errors never show the webhook's address.
 */
export function createSlackWebhook(options: SlackWebhookOptions): Receiver {
  const { name = 'slack', address: readAddress, sleep } = options;
  return {
    name,
    concurrency: 1,
    send: async ({ message, group }, signal) => {
      await withSecrets(name, { address: readAddress }, async (secrets) => {
        const address = checkedAddress(name, secrets.address);
        await orBriefly((write) => {
          const body = JSON.stringify(write(message, group));
          const letter = { name, address, headers: slackHeaders, body };
          // Slack takes about one post a second of a webhook. https://docs.slack.dev/apis/web-api/rate-limits
          return patiently(() => post(letter, slackVerdict, options, signal), sleep, signal);
        });
      });
    },
  };
}
