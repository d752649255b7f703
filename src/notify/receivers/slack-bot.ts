import type { Sleep } from '../../retry/backoff.ts';
import type { NotificationGroup, Notification, Receipt } from '../message/notification.ts';
import { DeliveryError } from './receiver.ts';
import type { Receiver } from './receiver.ts';
import { renderSlack, type SlackPayload } from '../render/slack.ts';
import { jsonOf, patiently, post, type HttpTools } from './http.ts';
import { chatHeaders } from './chat-webhook.ts';
import { orBriefly, slackVerdict } from './slack-answer.ts';
import { withSecrets, type ReadSecret } from './with-secrets.ts';

export interface SlackBotOptions extends HttpTools {
  readonly name?: string;
  /** Gives the bot's token, `xoxb-…`, with the scope `chat:write`. */
  readonly token: ReadSecret;
  /** A channel's id, or its name with `#`; the bot must be a member of it. */
  readonly channel: string;
  readonly sleep: Sleep;
  /** The base address of Slack's methods. */
  readonly api?: URL;
}

/** The receipt of a message at Slack. */
interface Place extends Receipt {
  readonly channel: string;
  readonly ts: string;
}

/**
 * createSlackBot posts as a bot. An update changes the counter of the first message, and lists the new findings in its
 * thread.
 */
export function createSlackBot(options: SlackBotOptions): Receiver {
  const { name = 'slack-bot', token } = options;
  return {
    name,
    concurrency: 1,
    send: (notification, signal) =>
      withSecrets(name, { token }, async (secrets) => {
        const call: Call = (method, body) => callSlack(name, method, body, secrets.token, options, signal);
        const place = placeOf(notification.group?.receipt);
        return place === undefined
          ? postAlone(notification, options.channel, call, name)
          : tellMore(notification, place, options.channel, call, name);
      }),
  };
}

type Method = 'chat.postMessage' | 'chat.update';
type Call = (method: Method, body: object) => Promise<Place | undefined>;

async function postAlone(
  { message, group }: Notification,
  channel: string,
  call: Call,
  name: string,
): Promise<Receipt> {
  return orBriefly(async (write) => taken(name, await call('chat.postMessage', { channel, ...write(message, group) })));
}

async function tellMore(
  notification: Notification,
  place: Place,
  channel: string,
  call: Call,
  name: string,
): Promise<Receipt> {
  const { message, group } = notification;
  // First the step that may be repeated: a crash or failure after it shows nothing twice.
  if (group !== undefined && !message.completes && group.additions !== true && group.count > 1) {
    await renew({ ...renderSlack(message, asFirst(group)) }, place, call);
  }
  try {
    const thread = { channel: place.channel, thread_ts: place.ts };
    await orBriefly(async (write) =>
      taken(name, await call('chat.postMessage', { ...thread, ...write(message, group) })),
    );
    return place;
  } catch (error) {
    // The message was deleted, or alerts moved to another channel: the update must be sent all the same.
    if (error instanceof DeliveryError && isGone(error)) return postAlone(notification, channel, call, name);
    throw error;
  }
}

/** A message that can no longer be changed keeps its old counter; the thread has the new one. */
async function renew(payload: SlackPayload, place: Place, call: Call): Promise<void> {
  try {
    await call('chat.update', { ...place, ...payload });
  } catch (error) {
    if (!(error instanceof DeliveryError) || error.retryable || error.reason === 'unauthorized') throw error;
  }
}

function asFirst(group: NotificationGroup): NotificationGroup {
  return { ...group, kind: 'first' };
}

const gone =
  /\b(?:thread_not_found|message_not_found|cannot_reply_to_message|channel_not_found|is_archived|not_in_channel)\b/;

function isGone({ retryable, message }: DeliveryError): boolean {
  return !retryable && gone.test(message);
}

async function callSlack(
  name: string,
  method: Method,
  body: object,
  token: string,
  options: SlackBotOptions,
  signal: AbortSignal,
): Promise<Place | undefined> {
  if (!/^[\w.-]+$/.test(token)) {
    const reason = { reason: 'misconfigured', retryable: false } as const;
    throw new DeliveryError(`${name}: not a Slack bot token (these start with xoxb-)`, reason);
  }
  const request = {
    name,
    address: new URL(method, options.api ?? 'https://slack.com/api/'),
    headers: { ...chatHeaders, authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
    secrets: [token],
  };
  const { text } = await patiently(() => post(request, slackVerdict, options, signal), options.sleep, signal);
  return placeOf(jsonOf(text));
}

function placeOf(given: Readonly<Record<string, unknown>> | undefined): Place | undefined {
  const { channel, ts } = given ?? {};
  return typeof channel === 'string' && typeof ts === 'string' ? { channel, ts } : undefined;
}

function taken(name: string, place: Place | undefined): Place {
  if (place !== undefined) return place;
  const options = { reason: 'unexpected', retryable: true } as const;
  throw new DeliveryError(`${name}: Slack took the message without saying where it is`, options);
}
