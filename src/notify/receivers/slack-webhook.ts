import type { Sleep } from '../backoff.ts';
import { DeliveryError } from '../receiver.ts';
import type { DeliveryErrorOptions, Receiver } from '../receiver.ts';
import { shown } from '../render/plain.ts';
import { renderSlack } from '../render/slack.ts';

export interface SlackWebhookOptions {
  readonly name?: string;
  /** Gives the webhook's address, which is a secret: whoever knows it can post. */
  readonly address: () => Promise<string>;
  readonly fetch: typeof fetch;
  readonly sleep: Sleep;
  /** Milliseconds that one post may take. */
  readonly timeoutMs?: number;
}

// Slack takes about one post a second of a webhook and says how long to wait. A longer wait than this is the queue's.
// https://docs.slack.dev/apis/web-api/rate-limits
const maxTries = 3;
const longestWaitMs = 5_000;
const bodyChars = 4096;

/** createSlackWebhook posts to a Slack incoming webhook. Its errors never show the webhook's address. */
export function createSlackWebhook(options: SlackWebhookOptions): Receiver {
  const { name = 'slack', sleep } = options;
  return {
    name,
    concurrency: 1,
    send: async ({ message }, signal) => {
      const address = await addressOf(name, options);
      const body = JSON.stringify(renderSlack(message));
      for (let attempt = 1; ; attempt += 1) {
        const error = await post(name, address, body, options, signal);
        if (error === undefined) return;
        // Only what Slack surely did not take is posted again here; anything else could show twice.
        const waitMs = error.reason === 'rate-limited' ? (error.retryAfterMs ?? 1000) : Infinity;
        if (attempt === maxTries || waitMs > longestWaitMs) throw error;
        await sleep(waitMs, signal).catch(() => {
          throw error;
        });
      }
    },
  };
}

async function addressOf(name: string, { address }: SlackWebhookOptions): Promise<URL> {
  let text: string;
  try {
    text = await address();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const options = { reason: 'misconfigured', retryable: true, cause } as const;
    throw new DeliveryError(`${name}: could not read the webhook's address: ${why}`, options);
  }
  // The parser's own error would quote the address.
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname)))) return url;
  throw new DeliveryError(`${name}: the webhook's address must begin with https://`, {
    reason: 'misconfigured',
    retryable: false,
  });
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '127.0.0.1' || host === '[::1]';
}

/** post tries once and returns what went wrong. */
async function post(
  name: string,
  address: URL,
  body: string,
  { fetch, timeoutMs = 10_000 }: SlackWebhookOptions,
  signal: AbortSignal,
): Promise<DeliveryError | undefined> {
  const place = `${name}: ${address.protocol}//${address.host}/…`;
  // No cause: an error of the HTTP client may hold the request, and with it the address.
  const failed = (what: string, options: DeliveryErrorOptions): DeliveryError =>
    new DeliveryError(`${place}: ${redact(what, address)}`, options);

  const deadline = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  try {
    const response = await fetch(address, {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body,
      // Followed, a redirect would hand the finding to whoever it names.
      redirect: 'manual',
      signal: deadline,
    });
    const answer = await beginningOf(response);
    const verdict = verdictOf(response, answer);
    return verdict && failed(`${response.status} ${shown(answer, 200)}`.trim(), verdict);
  } catch (error) {
    if (deadline.aborted) return failed('no answer in time', { reason: 'timeout', retryable: true });
    return failed(networkWords(error), { reason: 'unreachable', retryable: true });
  }
}

// What Slack's own words mean, whatever the status they come with. https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
const passing = /^(?:rate_?limited|internal_error|fatal_error|service_unavailable|request_timeout|rollup_error)$/;

function verdictOf(response: Response, answer: string): DeliveryErrorOptions | undefined {
  const { status } = response;
  if (status === 200) return verdictOfAnswer(answer);
  if (status === 429) {
    return { reason: 'rate-limited', retryable: true, retryAfterMs: retryAfterMs(response.headers.get('retry-after')) };
  }
  if (status >= 500) return { reason: 'unavailable', retryable: true };
  if (status === 408) return { reason: 'timeout', retryable: true };
  if (status === 401 || status === 403) return { reason: 'unauthorized', retryable: false };
  if (status === 413) return { reason: 'too-large', retryable: false };
  if (status === 404 || status === 410 || (status >= 300 && status < 400)) {
    return { reason: 'misconfigured', retryable: false };
  }
  return { reason: 'rejected', retryable: false };
}

function verdictOfAnswer(answer: string): DeliveryErrorOptions | undefined {
  if (answer.trim() === 'ok') return undefined;
  let said: unknown;
  try {
    said = JSON.parse(answer);
  } catch {
    // Neither Slack's word nor JSON: something between us and Slack answered, which may go away.
    return passing.test(answer.trim())
      ? { reason: 'unavailable', retryable: true }
      : { reason: 'unexpected', retryable: true };
  }
  if (typeof said !== 'object' || said === null) return { reason: 'unexpected', retryable: true };
  if ('ok' in said && said.ok === true) return undefined;
  const error = 'error' in said && typeof said.error === 'string' ? said.error : '';
  return passing.test(error) ? { reason: 'unavailable', retryable: true } : { reason: 'rejected', retryable: false };
}

/** Retry-After in whole seconds, as Slack sends it; anything else counts as not said. */
function retryAfterMs(header: string | null): number | undefined {
  return header !== null && /^\d{1,6}$/.test(header) ? Number(header) * 1000 : undefined;
}

async function beginningOf(response: Response): Promise<string> {
  if (response.body === null) return '';
  const decoder = new TextDecoder();
  let text = '';
  // Leaving the loop cancels the rest of the body.
  for await (const chunk of response.body) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > bodyChars) break;
  }
  return text;
}

/** The client's own message is `fetch failed`; what happened stands in the code of its cause. */
function networkWords(error: unknown): string {
  const { cause } = Object(error) as { readonly cause?: { readonly code?: string } };
  return cause?.code === undefined ? 'the connection failed' : `the connection failed: ${cause.code}`;
}

function redact(text: string, address: URL): string {
  const secret = address.pathname + address.search;
  return secret.length > 1 ? text.replaceAll(secret, '/…') : text;
}
