import type { Sleep } from '../backoff.ts';
import type { Receiver } from '../receiver.ts';
import { renderSlack } from '../render/slack.ts';
import { checkedAddress, patiently, post, type HttpTools } from './http.ts';
import { slackHeaders, slackVerdict } from './slack-answer.ts';
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
      const body = JSON.stringify(renderSlack(message, group));
      await withSecrets(name, { address: readAddress }, async (secrets) => {
        const address = checkedAddress(name, secrets.address);
        const letter = { name, address, headers: slackHeaders, body };
        // Slack takes about one post a second of a webhook. https://docs.slack.dev/apis/web-api/rate-limits
        await patiently(() => post(letter, slackVerdict, options, signal), sleep, signal);
      });
    },
  };
}
