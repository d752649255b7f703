import type { Level } from '../../model/level.ts';
import type { Sleep } from '../backoff.ts';
import type { Message } from '../message.ts';
import type { Notification } from '../notification.ts';
import type { Receiver } from '../receiver.ts';
import { safeHref } from '../render/html.ts';
import { newsOf, type News } from '../render/news.ts';
import { clip, shown } from '../render/plain.ts';
import { accountWords, causeWords, eventListWords, timeWords, whatWords, whoWords, whyWords } from '../render/words.ts';
import { patiently, post, statusVerdict, type HttpTools } from './http.ts';
import { withSecrets, type ReadSecret } from './with-secrets.ts';

export interface PagerDutyOptions extends HttpTools {
  readonly name?: string;
  /** Gives the integration key of a service, 32 characters. */
  readonly routingKey: ReadSecret;
  readonly address?: URL;
  /** Whether a group of which nothing more came resolves its incident. */
  readonly autoResolve?: boolean;
  readonly sleep: Sleep;
}

/** Where events are sent to, by the region of the PagerDuty account. https://support.pagerduty.com/main/docs/service-regions */
export const pagerDutyAddresses = {
  us: new URL('https://events.pagerduty.com/v2/enqueue'),
  eu: new URL('https://events.eu.pagerduty.com/v2/enqueue'),
} as const;

/**
 * createPagerDuty triggers alerts by Events API v2. One group is one alert: more of it goes to the same incident while it
 * is open, and opens a new one after somebody resolved it.
 * https://developer.pagerduty.com/docs/events-api-v2/trigger-events/
 */
export function createPagerDuty(options: PagerDutyOptions): Receiver {
  const { name = 'pagerduty', routingKey, autoResolve = false } = options;
  const enqueue = (event: object, signal: AbortSignal): Promise<unknown> =>
    withSecrets(name, { 'routing key': routingKey }, (secrets) => {
      const key = secrets['routing key'];
      const letter = {
        name,
        address: options.address ?? pagerDutyAddresses.us,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ routing_key: key, ...event }),
        secrets: [key],
      };
      return patiently(() => post(letter, statusVerdict, options, signal), options.sleep, signal);
    });
  return {
    name,
    concurrency: 4,
    send: async (notification, signal) => {
      const { dedup_key: dedupKey } = await sent(triggerOf(notification), signal);
      return { dedupKey };
    },
    ...(autoResolve && {
      close: async ({ key, receipt }, signal) => {
        await enqueue({ event_action: 'resolve', dedup_key: receipt?.['dedupKey'] ?? key }, signal);
      },
    }),
  };

  async function sent(event: Trigger, signal: AbortSignal): Promise<Trigger> {
    await enqueue(event, signal);
    return event;
  }
}

const severities: Readonly<Record<Level, 'critical' | 'error' | 'warning' | 'info'>> = {
  critical: 'critical',
  high: 'error',
  medium: 'warning',
  low: 'info',
  informational: 'info',
};

// An event is 512 KB at most, a summary 1,024 characters.
const maxBytes = 500_000;
const maxSummaryChars = 1_000;
const listed = 20;

interface Trigger {
  readonly event_action: 'trigger';
  readonly dedup_key: string;
  readonly [field: string]: unknown;
}

function triggerOf({ message, finding, group }: Notification): Trigger {
  const news = newsOf({ message, ...(group && { group }) });
  const trigger = (details: object): Trigger => ({
    event_action: 'trigger',
    // What completes an alert belongs to it: both have the finding's id.
    dedup_key: group?.receipt?.['dedupKey'] ?? group?.key ?? finding.id,
    client: 'Trailwatch',
    payload: {
      summary: shown(clip(news.title, maxSummaryChars), maxSummaryChars).slice(0, 1024).toWellFormed(),
      severity: severities[news.level],
      timestamp: group?.kind === 'again' ? group.until : message.time,
      source: sourceOf(message),
      component: shown(message.what.service, 100),
      group: message.account === undefined ? 'Trailwatch' : accountWords(message.account),
      class: shown(message.rule.title, 200),
      custom_details: details,
    },
    links: linksOf(message),
  });
  // Each step leaves out what would be missed least, until it fits; the facts alone always do.
  const facts = factsOf(message, news);
  const attempts: readonly object[] = [
    { ...facts, ...evidenceOf(message) },
    {
      ...facts,
      'left out': 'the event and the queries: too large for PagerDuty; the finding is whole on the findings bus',
    },
  ];
  const fitting = attempts.find((details) => Buffer.byteLength(JSON.stringify(trigger(details))) <= maxBytes);
  return trigger(fitting ?? {});
}

/** Where it happened, as far as it is known: what PagerDuty calls the affected system. */
function sourceOf({ account, region, targets }: Message): string {
  const host = targets.find(({ kind }) => kind === 'host')?.id;
  const place = [account?.name ?? account?.id, region].filter((part) => part !== undefined).join(' ');
  return shown(host ?? (place === '' ? 'unknown' : place), 200);
}

/** Values that fail to be worth a line are left out; every text is inert and short. */
function factsOf(message: Message, { counted, kind }: News): Readonly<Record<string, unknown>> {
  const { account, cause, correlation, from, region, rule, who } = message;
  const single = kind === 'completion' || counted?.mixed !== true;
  const ofOne = {
    who: whoWords(message),
    through: who.chain.join(' ← '),
    'by call': cause === undefined ? '' : causeWords(cause),
    what: whatWords(message),
    target: message.targets.slice(0, listed).map((target) => `${target.kind} ${target.id}`),
    from: from.address ?? '',
    'user agent': from.userAgent ?? '',
    why: message.why.slice(0, listed).map(whyWords),
    events: correlation === undefined ? [] : eventListWords(correlation),
  };
  const facts = {
    count: counted?.span ?? '',
    together: counted?.together ?? '',
    latest: counted?.lines ?? [],
    when: timeWords(message.time),
    account: account === undefined ? '' : accountWords(account),
    region: region ?? '',
    ...(single ? ofOne : { 'the first of them': Object.values(textsOf(ofOne)).flat().join('; ') }),
    rule: rule.description ?? rule.title,
    'harmless if': message.falsePositives.slice(0, listed),
    'to do': message.runbook ?? '',
    'ATT&CK': message.techniques.slice(0, listed).map(({ id, url }) => `${id} ${url}`),
    'left out': message.omitted,
    finding: message.findingId,
    event: `${message.event.id} in ${message.event.path} #${message.event.index}`,
  };
  return textsOf(facts);
}

function textsOf(
  facts: Readonly<Record<string, string | readonly string[]>>,
): Readonly<Record<string, string | readonly string[]>> {
  return Object.fromEntries(
    Object.entries(facts)
      .filter(([, value]) => value.length > 0)
      .map(([label, value]) => [
        label,
        typeof value === 'string' ? shown(value, 2000) : value.map((one) => shown(one, 500)),
      ]),
  );
}

function evidenceOf({ followUps, raw }: Message): Readonly<Record<string, unknown>> {
  const cut = raw.cutChars > 0 ? ` (cut: ${raw.cutChars} more characters are in the log)` : '';
  return {
    ...Object.fromEntries(followUps.map(({ engine, question, sql }) => [`${engine}: ${question}`, sql])),
    [`the event as it was logged${cut}`]: raw.text
      .split('\n')
      .map((line) => shown(line, 4000))
      .join('\n'),
  };
}

function linksOf({ consoleLink, references, runbook }: Message): readonly object[] {
  const links: readonly (readonly [text: string, address: string | undefined])[] = [
    ['Open in CloudTrail', consoleLink],
    ['Runbook', runbook],
    ...references.slice(0, 3).map((reference) => ['Background', reference] as const),
  ];
  return links.flatMap(([text, address]) => {
    const href = address === undefined ? undefined : safeHref(address);
    return href === undefined || href.length > 2000 ? [] : [{ href, text }];
  });
}
