import type { Level } from '../../model/level.ts';
import type { Message } from '../message/message.ts';
import type { Notification } from '../message/notification.ts';
import { safeHref } from '../../text/html.ts';
import { headlineOf, type Counted, type Headline } from './headline.ts';
import { clip, shown } from '../../text/escape.ts';
import {
  accountWords,
  causeWords,
  eventListWords,
  firstText,
  timeWords,
  whatWords,
  whoWords,
  whyWords,
} from './words.ts';

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

/** Trigger is an event of PagerDuty's Events API v2, without the routing key. */
export interface Trigger {
  readonly event_action: 'trigger';
  readonly dedup_key: string;
  readonly [field: string]: unknown;
}

/**
 * renderPagerDuty writes a notification as an event that triggers an alert, within the size that PagerDuty takes.
 * https://developer.pagerduty.com/docs/events-api-v2/trigger-events/
 */
export function renderPagerDuty({ message, finding, group }: Notification): Trigger {
  const headline = headlineOf({ message, ...(group && { group }) });
  const mixed = headline.counted?.mixed === true;
  const differs = headline.counted?.differs === true;
  const trigger = (details: object): Trigger => ({
    event_action: 'trigger',
    // An addition belongs to its alert: both have the finding's id.
    dedup_key: group?.receipt?.['dedupKey'] ?? group?.key ?? finding.id,
    client: 'Trailwatch',
    payload: {
      summary: clip(shown(headline.title, maxSummaryChars), 1024),
      severity: severities[headline.level],
      timestamp: group?.kind === 'update' ? group.until : message.time,
      source: sourceOf(message, headline.counted),
      // Where findings differ, links of the first would pass for links of all.
      ...(!mixed && {
        component: shown(message.what.service, 100),
        group: message.account === undefined ? 'Trailwatch' : accountWords(message.account),
        class: shown(message.rule.title, 200),
      }),
      custom_details: details,
    },
    links: mixed && headline.kind === 'update' ? [] : linksOf(message),
  });
  // Each step leaves out the least important part, until the rest fits; the facts alone always fit.
  const counted = countedOf(headline);
  const facts = factsOf(message);
  const detailed = (one: object): object =>
    differs ? { ...counted, 'the first of them': one } : { ...counted, ...one };
  const attempts: readonly object[] = [
    detailed({ ...facts, ...evidenceOf(message) }),
    detailed({
      ...facts,
      'left out': 'the event and the queries: too large for PagerDuty; the finding is whole on the findings bus',
    }),
    counted,
  ];
  const fitting = attempts.find((details) => Buffer.byteLength(JSON.stringify(trigger(details))) <= maxBytes);
  return trigger(fitting ?? {});
}

/** The affected system, in PagerDuty's words: where the event happened, as far as that is known. PagerDuty refuses an empty one. */
function sourceOf({ account, region, targets }: Message, counted: Counted | undefined): string {
  if (counted?.mixed === true) return 'Trailwatch';
  const hosts = counted?.varies.has('target') === true ? [] : targets.filter(({ kind }) => kind === 'host');
  const place = [firstText(account?.name, account?.id), firstText(region)].filter((part) => part !== undefined);
  return shown(firstText(...hosts.map(({ id }) => id), place.join(' ')) ?? 'unknown', 200);
}

function countedOf({ counted }: Headline): Readonly<Record<string, unknown>> {
  if (counted === undefined) return {};
  const { lines, span, groupReason, unlisted } = counted;
  const latest = [...(unlisted > 0 ? [`… ${unlisted} before these …`] : []), ...lines];
  return textsOf({ count: span, together: groupReason ?? '', latest });
}

/** Empty facts are left out; every text is inert and short. */
function factsOf(message: Message): Readonly<Record<string, unknown>> {
  const { account, cause, correlation, from, region, rule, targets, who, why } = message;
  return textsOf({
    when: timeWords(message.time),
    account: account === undefined ? '' : accountWords(account),
    region: region ?? '',
    who: whoWords(message),
    through: who.chain.join(' ← '),
    'by call': cause === undefined ? '' : causeWords(cause),
    what: whatWords(message),
    target: targets.slice(0, listed).map(({ kind, id }) => `${kind} ${id}`),
    from: from.address ?? '',
    'user agent': from.userAgent ?? '',
    why: why.slice(0, listed).map(whyWords),
    events: correlation === undefined ? [] : eventListWords(correlation),
    rule: rule.description ?? rule.title,
    'harmless if': message.falsePositives.slice(0, listed),
    'to do': message.runbook ?? '',
    'ATT&CK': message.techniques.slice(0, listed).map(({ id, url }) => `${id} ${url}`),
    'left out': message.omitted,
    finding: message.findingId,
    event: `${message.event.id} in ${message.event.path} #${message.event.index}`,
  });
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
