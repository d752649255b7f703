import type { Level } from '../../model/level.ts';
import type { Notification } from '../message/notification.ts';
import { clip, clipBytes, plain, shown } from '../../text/escape.ts';
import { renderText } from './text.ts';
import { firstText, whyWords } from './words.ts';

/** Syslog's severities, as Graylog shows and sorts by. */
const severities: Readonly<Record<Level, number>> = { critical: 2, high: 3, medium: 4, low: 5, informational: 6 };

// Graylog's input takes a chunk of 64 KB by default; the search index takes 32,766 bytes a field.
const maxFullBytes = 30_000;
const maxFieldBytes = 8_000;

/** renderGelf writes a finding as a GELF message: the facts as fields to search by, and the text that a person reads. */
export function renderGelf({
  finding,
  message,
}: Pick<Notification, 'finding' | 'message'>): Readonly<Record<string, unknown>> {
  const { event, rule } = finding;
  const { account, cause, mainTarget, techniques } = message;
  const hosts = event.targets.filter(({ kind }) => kind === 'host').map(({ id }) => id);
  const fields: Readonly<Record<string, string | number | undefined>> = {
    finding_id: finding.id,
    fingerprint: finding.fingerprint,
    completes: finding.completes,
    trailwatch_level: rule.level,
    rule_id: rule.id,
    rule_title: rule.title,
    tags: rule.tags.join(' '),
    attack: techniques.map(({ id }) => id).join(' '),
    account: event.account,
    account_name: account?.name,
    region: event.region,
    log_source: [event.source.product, ...event.source.services].join(' '),
    category: event.category.kind,
    service: event.service,
    action: event.action,
    outcome: event.outcome.kind,
    error_code: event.outcome.kind === 'failure' ? event.outcome.code : undefined,
    actor: event.actor.name,
    actor_kind: event.actor.kind,
    actor_arn: event.actor.arn,
    actor_chain: event.actor.chain.join(' < '),
    access_key: event.actor.accessKeyId,
    source_address: event.sourceAddress,
    user_agent: event.userAgent,
    target: mainTarget === undefined ? undefined : `${mainTarget.kind} ${mainTarget.id}`,
    targets: event.targets.map(({ kind, id }) => `${kind} ${id}`).join(' '),
    why: message.why.map(whyWords).join('; '),
    correlated: finding.correlated.length > 0 ? finding.correlated.length : undefined,
    caused_by: cause === undefined ? undefined : `${cause.service}:${cause.action}`,
    runbook: message.runbook,
    console_link: message.consoleLink,
    event_id: event.id,
    event_path: `${event.origin.path} #${event.origin.index}`,
  };
  return {
    version: '1.1',
    // The system that the event happened on, which GELF requires; Graylog calls it the source.
    host: shown(firstText(...hosts, account?.name, event.account) ?? 'trailwatch', 250),
    short_message: shown(message.title, 500),
    full_message: clipBytes(renderText(message, { detail: 'full', width: 100 }), maxFullBytes, cutMark),
    timestamp: secondsOf(message.time),
    level: severities[rule.level],
    // Graylog keeps `_id` for itself.
    ...Object.fromEntries(
      Object.entries(fields)
        .filter(([, value]) => value !== undefined && value !== '')
        .map(([key, value]) => [`_${key}`, typeof value === 'string' ? fieldOf(value) : value]),
    ),
  };
}

const cutMark = '\n… cut here: the message was longer than Graylog takes. The finding is whole on the findings bus.\n';

function fieldOf(text: string): string {
  return clipBytes(plain(clip(text, maxFieldBytes, '')), maxFieldBytes);
}

/** Seconds since 1970 with milliseconds; absent for an unreadable time, so that Graylog takes its own clock. */
function secondsOf(time: string): number | undefined {
  const ms = Date.parse(time);
  return Number.isFinite(ms) ? ms / 1000 : undefined;
}
