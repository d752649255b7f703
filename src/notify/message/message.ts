import type { Actor, AuditEvent, Category, Cause, Outcome, SummaryPart, Target } from '../../model/audit-event.ts';
import type { Evidence, Finding } from '../../model/finding.ts';
import type { Level } from '../../model/level.ts';
import { knownAccount, type AccountBook } from '../../model/account-book.ts';
import { techniquesOf } from './attack.ts';
import type { Technique } from './attack.ts';
import { consoleLinkOf } from './console-link.ts';
import { followUpOf } from './follow-up.ts';
import type { FollowUp } from './follow-up.ts';
import { clip } from '../../text/escape.ts';

/**
 * Message is what a person needs to know of a finding, as plain data. Nothing in it is escaped or safe to print:
 * text from events stays as it came, and each renderer escapes it for the grammar it writes.
 */
export interface Message {
  readonly findingId: string;
  /** Makes sense by itself: what the rule saw, who did it, to which target, in which account. */
  readonly title: string;
  readonly level: Level;
  /** ISO 8601, UTC: when it happened. */
  readonly time: string;
  readonly account?: { readonly id: string; readonly name?: string; readonly owner?: string };
  readonly region?: string;
  readonly rule: { readonly id: string; readonly title: string; readonly description?: string };
  readonly who: Actor;
  readonly what: { readonly service: string; readonly action: string; readonly category: Category };
  readonly outcome: Outcome;
  /** Without the account of the event, which `account` holds. */
  readonly targets: readonly Target[];
  /** The target that says most, if one is not the actor. */
  readonly mainTarget?: Target;
  readonly from: { readonly address?: string; readonly userAgent?: string };
  /** The call that caused the event, when another record named it. */
  readonly cause?: Cause;
  /** Whether the alert was sent before, and only the actor is new. */
  readonly completes: boolean;
  /** What Trailwatch says about itself, for a finding without an actor, such as the daily digest; otherwise empty. */
  readonly summary: readonly SummaryPart[];
  readonly why: readonly Evidence[];
  /** Only of a correlation. */
  readonly correlation?: CorrelationSummary;
  readonly techniques: readonly Technique[];
  readonly falsePositives: readonly string[];
  /** An address or a few sentences. */
  readonly runbook?: string;
  readonly references: readonly string[];
  /** The event in the AWS console, where the console can show it. */
  readonly consoleLink?: string;
  /** Queries that are ready to paste: what else happened around it. */
  readonly followUps: readonly FollowUp[];
  readonly event: { readonly id: string; readonly path: string; readonly index: number };
  readonly raw: RawText;
  /** Parts of the finding that were left out on its way here, because the whole was too large. */
  readonly omitted: readonly string[];
}

/** CorrelationSummary is a correlation's events at a glance, in order of time. */
export interface CorrelationSummary {
  readonly count: number;
  readonly first: string;
  readonly last: string;
  /** Milliseconds from the first event to the last. */
  readonly spanMs: number;
  /** The first and the last few events. */
  readonly events: readonly EventLine[];
  /** How many events between those are not listed. */
  readonly unlisted: number;
}

/** EventLine is one event in a line: time, actor, action, target, address and outcome. */
export interface EventLine {
  readonly time: string;
  readonly who: string;
  readonly what: string;
  readonly target?: string;
  readonly from?: string;
  readonly outcome: Outcome;
  /** Where the line stands for a finding: its rule, and its account's id. */
  readonly rule?: { readonly title: string; readonly level: Level };
  readonly account?: string;
}

/** RawText is the event as it was logged, as indented JSON, perhaps cut. */
export interface RawText {
  readonly text: string;
  /** Characters (UTF-16 units) that were cut off the end. */
  readonly cutChars: number;
}

/** MessageContext is facts of the deployment that a finding does not carry. */
export interface MessageContext {
  readonly accounts?: AccountBook;
  /** The Athena table over the trail, `database.table`. */
  readonly athenaTable?: string;
}

const rawLimitChars = 16_000;
const listedAtEachEnd = 5;
// One long name must not push the others out of a title.
const titlePartChars = 80;

/** messageOf makes the message of a finding; it never throws, whatever the event holds. */
export function messageOf(finding: Finding, context: MessageContext = {}): Message {
  const { event, rule } = finding;
  const account = event.account === undefined ? undefined : accountOf(event.account, context.accounts);
  const consoleLink = consoleLinkOf(event);
  const mainTarget = mainTargetOf(event);
  const correlation = correlationOf(finding.correlated);
  return {
    findingId: finding.id,
    title: finding.completes === undefined ? titleOf(finding, account) : completionTitleOf(finding, account),
    level: rule.level,
    time: finding.time,
    ...(account && { account }),
    ...(event.region !== undefined && { region: event.region }),
    rule: {
      id: rule.id,
      title: rule.title,
      ...(rule.description !== undefined && { description: rule.description }),
    },
    who: event.actor,
    what: { service: event.service, action: event.action, category: event.category },
    outcome: event.outcome,
    targets: event.targets.filter(({ kind, id }) => kind !== 'account' || id !== event.account),
    ...(mainTarget && { mainTarget }),
    from: {
      ...(event.sourceAddress !== undefined && { address: event.sourceAddress }),
      // A service that calls on behalf of a user has its name in both.
      ...(event.userAgent !== undefined && event.userAgent !== event.sourceAddress && { userAgent: event.userAgent }),
    },
    ...(event.cause && { cause: event.cause }),
    completes: finding.completes !== undefined,
    summary: event.summary ?? [],
    why: finding.evidence,
    ...(correlation && { correlation }),
    techniques: techniquesOf(rule.tags),
    falsePositives: rule.falsePositives,
    ...(rule.runbook !== undefined && { runbook: rule.runbook }),
    references: rule.references,
    ...(consoleLink !== undefined && { consoleLink }),
    followUps: followUpOf(finding, context.athenaTable ?? 'cloudtrail'),
    event: { id: event.id, path: event.origin.path, index: event.origin.index },
    raw: rawTextOf(event.raw),
    omitted: finding.omitted ?? [],
  };
}

type Account = NonNullable<Message['account']>;

/** accountOf gives an account's id with its name and owner, where the account book has them. */
export function accountOf(id: string, accounts: AccountBook = {}): Account {
  return { id, ...knownAccount(id, accounts) };
}

function titleOf({ rule, event, correlated }: Finding, account: Account | undefined): string {
  const target = mainTargetOf(event);
  const who = isActorUnknown(event) && target !== undefined ? '' : clip(event.actor.name, titlePartChars);
  return [
    `${rule.title}: `,
    correlated.length > 1 ? `${correlated.length} events, ` : '',
    who,
    target === undefined ? '' : `${who === '' ? '' : ' → '}${targetText(target)}`,
    placeText(event, target, account),
  ].join('');
}

/** The title names only the new fact; the alert before had the rest. */
function completionTitleOf({ rule, event }: Finding, account: Account | undefined): string {
  const target = mainTargetOf(event);
  const who = clip(event.actor.name, titlePartChars);
  return [
    isActorUnknown(event) ? 'No longer certain who did it' : `Now known: ${doneWords(event)} by ${who}`,
    target === undefined ? '' : ` → ${targetText(target)}`,
    placeText(event, target, account),
    ` (${clip(rule.title, titlePartChars)})`,
  ].join('');
}

/** A change of state does not name who caused it, and some log lines of a host name no actor. */
function isActorUnknown({ actor, category, cause }: AuditEvent): boolean {
  if (category.kind === 'instance-state') return cause === undefined;
  return actor.kind === 'unknown' && actor.name === 'unknown';
}

function placeText({ targets }: AuditEvent, named: Target | undefined, account: Account | undefined): string {
  const host = targets.find(({ kind }) => kind === 'host');
  return [
    host === undefined || host === named ? '' : ` on ${clip(host.id, titlePartChars)}`,
    account === undefined ? '' : ` in ${account.name ?? account.id}`,
  ].join('');
}

const done = new Map([
  ['pending', 'started'],
  ['running', 'started'],
  ['stopping', 'stopped'],
  ['shutting-down', 'terminated'],
]);

function doneWords({ action }: AuditEvent): string {
  return done.get(action) ?? action;
}

function targetText({ kind, id }: Target): string {
  return clip(`${kind} ${id}`, titlePartChars);
}

/** The first target that is not the actor, the host or the account, which a title has anyway. */
function mainTargetOf({ account, actor, targets }: AuditEvent): Target | undefined {
  const others = targets.filter(({ id }) => id !== actor.name && id !== actor.arn && id !== account);
  return others.find(({ kind }) => kind !== 'host') ?? others[0];
}

function correlationOf(events: readonly AuditEvent[]): CorrelationSummary | undefined {
  const first = events[0];
  const last = events.at(-1);
  if (first === undefined || last === undefined) return undefined;
  const unlisted = Math.max(0, events.length - 2 * listedAtEachEnd);
  const listed = unlisted === 0 ? events : [...events.slice(0, listedAtEachEnd), ...events.slice(-listedAtEachEnd)];
  const spanMs = Date.parse(last.time) - Date.parse(first.time);
  return {
    count: events.length,
    first: first.time,
    last: last.time,
    spanMs: Number.isFinite(spanMs) ? spanMs : 0,
    events: listed.map(lineOf),
    unlisted,
  };
}

/** findingLineOf gives the line of a finding in the list of a group. */
export function findingLineOf({ event, rule: { title, level } }: Pick<Finding, 'event' | 'rule'>): EventLine {
  const { account } = event;
  return { ...lineOf(event), rule: { title, level }, ...(account !== undefined && { account }) };
}

function lineOf(event: AuditEvent): EventLine {
  const [target] = event.targets;
  return {
    time: event.time,
    who: event.actor.name,
    what: `${event.service}:${event.action}`,
    ...(target && { target: `${target.kind} ${target.id}` }),
    ...(event.sourceAddress !== undefined && { from: event.sourceAddress }),
    outcome: event.outcome,
  };
}

function rawTextOf(raw: AuditEvent['raw']): RawText {
  let json: string;
  try {
    json = JSON.stringify(raw, null, 2);
  } catch (error) {
    // Nested deeper than the stack: the alert goes out without the record.
    return { text: `(not shown: ${error instanceof Error ? error.message : 'not printable as JSON'})`, cutChars: 0 };
  }
  const text = clip(json, rawLimitChars, '');
  return { text, cutChars: json.length - text.length };
}
