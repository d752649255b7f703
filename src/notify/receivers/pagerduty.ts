import type { Sleep } from '../../retry/backoff.ts';
import type { Receiver } from './receiver.ts';
import { renderPagerDuty } from '../render/pagerduty.ts';
import { jsonOf, patiently, post, statusVerdict, type HttpAnswer, type HttpTools, type Verdict } from './http.ts';
import { withSecrets, type ReadSecret } from './with-secrets.ts';

export interface PagerDutyOptions extends HttpTools {
  readonly name?: string;
  /** Gives the integration key of a service, 32 characters. */
  readonly routingKey: ReadSecret;
  readonly address?: URL;
  /** Whether a group resolves its incident when its repeat interval ends. */
  readonly autoResolve?: boolean;
  readonly sleep: Sleep;
}

/** Where events are sent to, by the region of the PagerDuty account. https://support.pagerduty.com/main/docs/service-regions */
export const pagerDutyAddresses = {
  us: new URL('https://events.pagerduty.com/v2/enqueue'),
  eu: new URL('https://events.eu.pagerduty.com/v2/enqueue'),
} as const;

/**
 * createPagerDuty triggers alerts by Events API v2. One group is one alert: an update goes to the same incident while it is
 * open, and opens a new one after it was resolved.
 * https://developer.pagerduty.com/docs/events-api-v2/trigger-events/
 */
export function createPagerDuty(options: PagerDutyOptions): Receiver {
  const { name = 'pagerduty', routingKey, autoResolve = false } = options;
  const enqueue = (event: object, signal: AbortSignal): Promise<unknown> =>
    withSecrets(name, { 'routing key': routingKey }, (secrets) => {
      const key = secrets['routing key'];
      const request = {
        name,
        address: options.address ?? pagerDutyAddresses.us,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ routing_key: key, ...event }),
        secrets: [key],
      };
      return patiently(() => post(request, pagerDutyVerdict, options, signal), options.sleep, signal);
    });
  return {
    name,
    concurrency: 4,
    send: async (notification, signal) => {
      const trigger = renderPagerDuty(notification);
      await enqueue(trigger, signal);
      return { dedupKey: trigger.dedup_key };
    },
    ...(autoResolve && {
      close: async ({ key, receipt }, signal) => {
        await enqueue({ event_action: 'resolve', dedup_key: receipt?.['dedupKey'] ?? key }, signal);
      },
    }),
  };
}

/** An answer of 2xx is a success only if PagerDuty says so: it may also refuse the event, or come from a proxy on the way. */
function pagerDutyVerdict(answer: HttpAnswer): Verdict {
  const verdict = statusVerdict(answer);
  if (verdict !== undefined) return verdict;
  const status = jsonOf(answer.text)?.['status'];
  if (status === 'success') return undefined;
  if (status === 'invalid event') return { reason: 'rejected', retryable: false };
  if (status === 'throttle exceeded') {
    return { reason: 'rate-limited', retryable: true, retryAfterMs: answer.retryAfterMs };
  }
  return { reason: 'unexpected', retryable: true };
}
