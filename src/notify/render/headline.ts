import { isAtLeast, type Level } from '../../model/level.ts';
import type { EventLine, Message } from '../message/message.ts';
import type { NotificationGroup, Notification } from '../message/notification.ts';
import { clip } from '../../text/escape.ts';
import { lineParts, lineWords, timeWords, type LinePart } from './words.ts';

/** Headline is the title, level and count of a notification, for all its findings together. Renderers escape its texts. */
export interface Headline {
  readonly title: string;
  /** The highest level of the findings that the notification lists. */
  readonly level: Level;
  /**
   * `alert` has everything about a finding, `update` counts further findings, `completion` names the actor of an earlier alert;
   * `report` is something that Trailwatch says about itself.
   */
  readonly kind: 'alert' | 'update' | 'completion' | 'report';
  /** Absent for a single finding. */
  readonly counted?: Counted;
}

/** Counted is a group in words. */
export interface Counted {
  /** `14 times since 09:12 UTC` */
  readonly times: string;
  /** `14 findings, from 2026-03-14 09:12:44 to 09:58:02 UTC` */
  readonly span: string;
  /** Why findings that differ are one group; absent where they have one fingerprint. */
  readonly groupReason?: string;
  /** Whether the findings have different fingerprints. */
  readonly mixed: boolean;
  /** The parts that differ in findings with one fingerprint, such as the target. */
  readonly varies: ReadonlySet<Varying>;
  /** Whether the details of the first finding must be marked as its own. */
  readonly differs: boolean;
  /** Whether all are of one rule, so that its description applies to all. */
  readonly oneRule: boolean;
  /** The latest findings, a line each, oldest first. */
  readonly lines: readonly string[];
  /** How many findings came before those. */
  readonly unlisted: number;
}

/** Varying is a part of a message that may differ in findings with one fingerprint. */
export type Varying = LinePart | 'what';

/** sharedLabels lists the facts of a message, by their labels in chats, that all findings of a group share. */
export function sharedLabels(counted: Counted | undefined): readonly string[] {
  if (counted?.mixed === true) return [];
  const labels: readonly (readonly [label: string, part?: Varying])[] = [
    ['Where'],
    ['Who', 'who'],
    ['Through', 'who'],
    ['What', 'what'],
    ['Target', 'target'],
    ['From', 'from'],
    ['User agent', 'from'],
  ];
  return labels.filter(([, part]) => part === undefined || counted?.varies.has(part) !== true).map(([label]) => label);
}

/** headlineOf makes the headline of a notification about one finding or about a group. */
export function headlineOf({ message, group }: Pick<Notification, 'message' | 'group'>): Headline {
  if (message.completes) return { title: message.title, level: message.level, kind: 'completion' };
  const kind = group?.kind === 'update' ? 'update' : message.summary.length > 0 ? 'report' : 'alert';
  if (group === undefined || group.count < 2) return { title: message.title, level: message.level, kind };
  const rules = [message.rule.title, ...group.latest.flatMap(({ rule }) => rule?.title ?? [])];
  const level = highest([message.level, ...group.latest.flatMap(({ rule }) => rule?.level ?? [])]);
  const counted = countedOf(message, group, new Set(rules).size === 1);
  return { title: titleOf(message, group, counted), level, kind, counted };
}

// The count comes first, where a subject or a push message shows it.
function titleOf(
  message: Message,
  { additions, groupReason, mixed }: NotificationGroup,
  { oneRule, varies, ...counted }: Counted,
): string {
  const { account, rule, title, who } = message;
  const times = additions === true ? `Now known, ${counted.times}` : counted.times;
  if (!mixed && varies.size === 0) return `${times}: ${title}`;
  const place = account === undefined ? '' : ` in ${account.name ?? account.id}`;
  const ruleTitle = clip(rule.title, 150);
  if (!mixed) return `${times}: ${ruleTitle}${varies.has('who') ? '' : `: ${clip(who.name, 80)}`}${place}`;
  // All findings share only what makes them a group.
  const shared = /\baccount\b/.test(groupReason) ? place : '';
  return `${times}${shared}: ${oneRule ? ruleTitle : 'several rules'}`;
}

function countedOf(message: Message, group: NotificationGroup, oneRule: boolean): Counted {
  const { count, mixed, since, until, groupReason, latest } = group;
  const what = mixed ? 'findings' : 'times';
  const varies = varyingIn(message, latest);
  return {
    times: `${count} ${what} since ${clockWords(since, until)}`,
    span: `${count} ${what}, from ${spanWords(since, until)}`,
    ...(mixed && { groupReason }),
    mixed,
    varies,
    differs: mixed || varies.size > 0,
    oneRule,
    lines: latest.map((line) =>
      mixed ? wholeLine(line, message, oneRule) : varies.size === 0 ? timeWords(line.time) : partLine(line, varies),
    ),
    unlisted: Math.max(0, count - latest.length),
  };
}

function varyingIn(
  { account, from, outcome, targets, what, who }: Message,
  latest: readonly EventLine[],
): ReadonlySet<Varying> {
  const [target] = targets;
  const first = {
    who: who.name,
    what: doneText(`${what.service}:${what.action}`, outcome),
    from: from.address,
    target: target && `${target.kind} ${target.id}`,
  };
  // A message names its account elsewhere, and leaves it out of the targets.
  const ofLine = (line: EventLine, part: Varying): string | undefined => {
    if (part === 'what') return doneText(line.what, line.outcome);
    return part === 'target' && line.target === `account ${account?.id}` ? first.target : line[part];
  };
  // Lines are cut where they are stored.
  const same = (a = '', b = ''): boolean => a === b || (b.endsWith('…') && a.startsWith(b.slice(0, -1)));
  const parts: readonly Varying[] = [...lineParts, 'what'];
  return new Set(parts.filter((part) => latest.some((line) => !same(first[part], ofLine(line, part)))));
}

function doneText(what: string, outcome: EventLine['outcome']): string {
  return outcome.kind === 'success' ? what : `${what} ${outcome.code}`;
}

/** Findings with one fingerprint share what the message says already; findings that differ get a whole line each. */
function wholeLine(line: EventLine, message: Message, oneRule: boolean): string {
  const { account, rule, what } = line;
  // The rule's text comes before the event's, which may be long and chosen by an attacker.
  const named = oneRule || rule === undefined ? what : `${clip(rule.title, 150)} (${rule.level}): ${what}`;
  const name = account === message.account?.id ? (message.account?.name ?? account) : account;
  return `${lineWords({ ...line, what: named })}${name === undefined ? '' : ` in ${name}`}`;
}

function partLine(line: EventLine, varies: ReadonlySet<Varying>): string {
  return lineWords(
    line,
    lineParts.filter((part) => varies.has(part)),
  );
}

function spanWords(since: string, until: string): string {
  const [from, to] = [timeWords(since), timeWords(until)];
  if (from === since || to === until) return `${from} to ${to}`;
  return `${from.slice(0, -' UTC'.length)} to ${since.slice(0, 10) === until.slice(0, 10) ? to.slice(11) : to}`;
}

/** The time of day, and the day too where the group began on an earlier one: `09:12 UTC`, `2026-03-13 23:58 UTC`. */
function clockWords(since: string, until: string): string {
  const words = timeWords(since);
  if (words === since) return since;
  return since.slice(0, 10) === until.slice(0, 10)
    ? `${since.slice(11, 16)} UTC`
    : `${since.slice(0, 10)} ${since.slice(11, 16)} UTC`;
}

function highest(levels: readonly Level[]): Level {
  return levels.reduce((top, level) => (isAtLeast(level, top) ? level : top));
}
