import type { Actor, Cause, Outcome } from '../../model/audit-event.ts';
import type { Evidence } from '../../model/finding.ts';
import type { CorrelationSummary, EventLine, Message } from '../message/message.ts';
import { clip } from '../../text/escape.ts';

// Says the parts of a message in words. Nothing here is escaped: that is the renderers' work.

const actorKinds: Readonly<Record<Actor['kind'], string>> = {
  root: 'root user of the account',
  'iam-user': 'IAM user',
  role: 'role session',
  federated: 'federated identity',
  service: 'AWS service',
  'host-user': 'user of the host',
  anonymous: 'not signed in',
  unknown: 'unknown kind of identity',
};

/** actorWords says who, what kind of identity, and what is known of the session: `alice (IAM user, no MFA)`. */
function actorWords(actor: Actor): string {
  if (actor.kind === 'unknown' && actor.name === 'unknown') return 'unknown (the log does not say)';
  const facts = [
    actorKinds[actor.kind],
    ...(actor.mfa === undefined ? [] : [actor.mfa ? 'with MFA' : 'no MFA']),
    ...(actor.accessKeyId === undefined ? [] : [`key ${actor.accessKeyId}`]),
  ];
  return `${actor.name} (${facts.join(', ')})`;
}

/** whoWords says who did it, as far as that is known: a change of state says nothing of it. */
export function whoWords({ who, what, cause }: Pick<Message, 'who' | 'what' | 'cause'>): string {
  if (what.category.kind === 'instance-state' && cause === undefined) return 'unknown (no call seen yet)';
  return actorWords(who);
}

const vias: Readonly<Record<Cause['via'], string>> = {
  console: 'in the console',
  api: 'by the API',
  service: 'by an AWS service',
};

/** causeWords says which call it was, how and when it was made: `ec2:StopInstances in the console, 2026-09-01 09:12:44 UTC`. */
export function causeWords({ service, action, via, time }: Cause): string {
  return `${service}:${action} ${vias[via]}, ${timeWords(time)}`;
}

/** whatWords says what was done and how it ended: `iam:CreateUser, failed: AccessDenied`. */
export function whatWords({ what, outcome }: Pick<Message, 'what' | 'outcome'>): string {
  const done = `${what.service}:${what.action}`;
  // A state is no deed that could fail.
  if (what.category.kind === 'instance-state') {
    return what.category.before === undefined ? done : `${done}, was ${what.category.before}`;
  }
  // Nor is what CloudTrail noticed.
  if (what.category.kind === 'insight') return done;
  // Nor what a service published, or a line that says nothing of success.
  if (what.category.kind === 'other' && outcome.kind === 'success') return done;
  // Some actions say their outcome themselves: `sshd:login failed`.
  if (outcome.kind === 'failure' && what.action.endsWith('failed')) return `${done} (${outcome.code})`;
  return `${done}, ${outcomeWords(outcome)}`;
}

/** outcomeWords says how it ended: `succeeded`, `failed: AccessDenied (…)`. */
export function outcomeWords(outcome: Outcome): string {
  if (outcome.kind === 'success') return 'succeeded';
  const { code, message } = outcome;
  // Sign-ins fail with the code `Failure`, which says nothing more.
  if (code.toLowerCase() === 'failure') return message === undefined ? 'failed' : `failed: ${message}`;
  return `failed: ${code}${message === undefined ? '' : ` (${message})`}`;
}

// A rule's regular expression can be longer than all else in an alert.
const maxWantedChars = 160;

/** whyWords says why a field matched: what the rule wanted and, where that doesn't show it already, the value seen. */
export function whyWords({ field, wanted: whole, value }: Evidence): string {
  const wanted = clip(whole, maxWantedChars);
  const known = value !== '' && wanted.toLowerCase() === `is "${value.toLowerCase()}"`;
  if (known) return `${field} ${wanted}`;
  // Behind a negation, a bare value would read as what was refused.
  const [words = ''] = wanted.split('"', 1);
  if (/ (?:no|not|none|neither) /.test(` ${words} `))
    return `${field} ${wanted} (it is ${value === '' ? 'empty' : `"${value}"`})`;
  return `${field} ${wanted}: ${value === '' ? '(empty)' : value}`;
}

/** accountWords says which account, by name where it has one: `production (111122223333), owned by the platform team`. */
export function accountWords({ id, name, owner }: NonNullable<Message['account']>): string {
  return `${name === undefined ? id : `${name} (${id})`}${owner === undefined ? '' : `, owned by ${owner}`}`;
}

/** timeWords says when, to the second: `2026-09-01 09:12:44 UTC`. A time it can't read stays as it came. */
export function timeWords(iso: string): string {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(iso) ? `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC` : iso;
}

/**
 * eventListWords says a correlation's events, a line each. What all of them share is left out: the message says it already
 * for the last one.
 */
export function eventListWords({ events, unlisted }: CorrelationSummary): readonly string[] {
  const varies = (part: LinePart): boolean => events.some((event) => event[part] !== events[0]?.[part]);
  const shownParts = lineParts.filter(varies);
  const lines = events.map((event) => lineWords(event, shownParts));
  if (unlisted === 0) return lines;
  return [...lines.slice(0, lines.length / 2), `… ${unlisted} more …`, ...lines.slice(lines.length / 2)];
}

/** LinePart is what of an event's line may be left out where others share it. */
export type LinePart = 'who' | 'target' | 'from';

export const lineParts: readonly LinePart[] = ['who', 'target', 'from'];

/** lineWords says one event in a line: `2026-09-01 09:12:44 UTC  iam:CreateUser → user eve by mallory (AccessDenied)`. */
export function lineWords({ time, who, what, target, from, outcome }: EventLine, show = lineParts): string {
  return [
    timeWords(time),
    `  ${what}`,
    show.includes('target') && target !== undefined ? ` → ${target}` : '',
    show.includes('who') ? ` by ${who}` : '',
    show.includes('from') && from !== undefined ? ` from ${from}` : '',
    outcome.kind === 'failure' ? ` (${outcome.code.toLowerCase() === 'failure' ? 'failed' : outcome.code})` : '',
  ].join('');
}
