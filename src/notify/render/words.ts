import type { Actor, Cause, Outcome } from '../../model/audit-event.ts';
import type { Evidence } from '../../model/finding.ts';
import type { CorrelationSummary, EventLine, Message } from '../message/message.ts';
import { clip } from '../../text/escape.ts';

// Writes the parts of a message in words. Renderers escape them.

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

/** actorWords writes an actor with its kind and facts of the session: `alice (IAM user, no MFA)`. */
function actorWords(actor: Actor): string {
  if (actor.kind === 'unknown' && actor.name === 'unknown') return 'unknown (the log does not say)';
  const facts = [
    actorKinds[actor.kind],
    ...(actor.mfa === undefined ? [] : [actor.mfa ? 'with MFA' : 'no MFA']),
    ...(actor.accessKeyId === undefined ? [] : [`key ${actor.accessKeyId}`]),
  ];
  return `${actor.name} (${facts.join(', ')})`;
}

/** whoWords writes the actor, as far as it is known: a change of state does not name one. */
export function whoWords({ who, what, cause }: Pick<Message, 'who' | 'what' | 'cause'>): string {
  if (what.category.kind === 'instance-state' && cause === undefined) return 'unknown (no call seen yet)';
  return actorWords(who);
}

const vias: Readonly<Record<Cause['via'], string>> = {
  console: 'in the console',
  api: 'by the API',
  service: 'by an AWS service',
};

/** causeWords writes the call, how and when it was made: `ec2:StopInstances in the console, 2026-09-01 09:12:44 UTC`. */
export function causeWords({ service, action, via, time }: Cause): string {
  return `${service}:${action} ${vias[via]}, ${timeWords(time)}`;
}

/** whatWords writes the action and its outcome: `iam:CreateUser, failed: AccessDenied`. */
export function whatWords({ what, outcome }: Pick<Message, 'what' | 'outcome'>): string {
  const done = `${what.service}:${what.action}`;
  // A change of state cannot fail.
  if (what.category.kind === 'instance-state') {
    return what.category.before === undefined ? done : `${done}, was ${what.category.before}`;
  }
  // Neither can an insight of CloudTrail.
  if (what.category.kind === 'insight') return done;
  // Nor an event that a service published, or a line without an outcome.
  if (what.category.kind === 'other' && outcome.kind === 'success') return done;
  // Some actions contain their outcome: `sshd:login failed`.
  if (outcome.kind === 'failure' && what.action.endsWith('failed')) return `${done} (${outcome.code})`;
  return `${done}, ${outcomeWords(outcome)}`;
}

/** outcomeWords writes an outcome: `succeeded`, `failed: AccessDenied (…)`. */
export function outcomeWords(outcome: Outcome): string {
  if (outcome.kind === 'success') return 'succeeded';
  const { code, message } = outcome;
  // Sign-ins fail with the code `Failure`, which says nothing more.
  if (code.toLowerCase() === 'failure') return message === undefined ? 'failed' : `failed: ${message}`;
  return `failed: ${code}${message === undefined ? '' : ` (${message})`}`;
}

// A rule's regular expression can be longer than all else in an alert.
const maxWantedChars = 160;

/** whyWords writes why a field matched: the rule's test and, unless that shows it, the value. */
export function whyWords({ field, wanted: whole, value }: Evidence): string {
  const wanted = clip(whole, maxWantedChars);
  const known = value !== '' && wanted.toLowerCase() === `is "${value.toLowerCase()}"`;
  if (known) return `${field} ${wanted}`;
  // After a negation, a bare value would read as the value that the rule refuses.
  const [words = ''] = wanted.split('"', 1);
  if (/ (?:no|not|none|neither) /.test(` ${words} `))
    return `${field} ${wanted} (it is ${value === '' ? 'empty' : `"${value}"`})`;
  return `${field} ${wanted}: ${value === '' ? '(empty)' : value}`;
}

/** accountWords writes an account, by name where it has one: `production (111122223333), owned by the platform team`. */
export function accountWords({ id, name, owner }: NonNullable<Message['account']>): string {
  return `${name === undefined ? id : `${name} (${id})`}${owner === undefined ? '' : `, owned by ${owner}`}`;
}

/** firstText gives the first text that is not blank; the place of an event may be empty in a record. */
export function firstText(...texts: readonly (string | undefined)[]): string | undefined {
  return texts.find((text) => text !== undefined && text.trim() !== '');
}

/** timeWords writes a time to the second: `2026-09-01 09:12:44 UTC`. An unreadable time stays as it came. */
export function timeWords(iso: string): string {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(iso) ? `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC` : iso;
}

/**
 * eventListWords writes a correlation's events, a line each. Parts that all of them share are left out: the message shows them
 * for the last event.
 */
export function eventListWords({ events, unlisted }: CorrelationSummary): readonly string[] {
  const varies = (part: LinePart): boolean => events.some((event) => event[part] !== events[0]?.[part]);
  const shownParts = lineParts.filter(varies);
  const lines = events.map((event) => lineWords(event, shownParts));
  if (unlisted === 0) return lines;
  return [...lines.slice(0, lines.length / 2), `… ${unlisted} more …`, ...lines.slice(lines.length / 2)];
}

/** LinePart is a part of an event's line that may be left out where all lines share it. */
export type LinePart = 'who' | 'target' | 'from';

export const lineParts: readonly LinePart[] = ['who', 'target', 'from'];

/** lineWords writes an event as a line: `2026-09-01 09:12:44 UTC  iam:CreateUser → user eve by mallory (AccessDenied)`. */
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
