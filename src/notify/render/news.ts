import { isAtLeast, type Level } from '../../model/level.ts';
import type { EventLine, Message } from '../message.ts';
import type { GroupNews, Notification } from '../notification.ts';
import { clip } from './plain.ts';
import { lineWords, timeWords } from './words.ts';

/** News is what a notification tells of all its findings together. Nothing in it is escaped: that is the renderers' work. */
export interface News {
  readonly title: string;
  /** The highest of all that is known of its findings. */
  readonly level: Level;
  /**
   * `alert` tells all about a finding, `again` that there were more, `completion` who was behind one that was told before;
   * `report` tells what nobody did.
   */
  readonly kind: 'alert' | 'again' | 'completion' | 'report';
  /** Absent where there is but one finding. */
  readonly counted?: Counted;
}

/** Counted is a group in words. */
export interface Counted {
  /** `14 times since 09:12 UTC` */
  readonly times: string;
  /** `14 findings, from 2026-03-14 09:12:44 to 09:58:02 UTC` */
  readonly span: string;
  /** Why findings that differ are told together; absent where they are the same news. */
  readonly together?: string;
  /** Whether the findings differ, so that what the message says is true of the first only. */
  readonly mixed: boolean;
  /** Whether all are of one rule, so that what the rule says is true of all. */
  readonly oneRule: boolean;
  /** The latest findings, a line each, oldest first. */
  readonly lines: readonly string[];
  /** How many there were before those. */
  readonly unlisted: number;
}

/** newsOf says what a notification tells: of one finding, or of a group of them. */
export function newsOf({ message, group }: Pick<Notification, 'message' | 'group'>): News {
  if (message.completes) return { title: message.title, level: message.level, kind: 'completion' };
  const kind = group?.kind === 'again' ? 'again' : message.summary.length > 0 ? 'report' : 'alert';
  if (group === undefined || group.count < 2) return { title: message.title, level: message.level, kind };
  const rules = [message.rule.title, ...group.latest.flatMap(({ rule }) => rule?.title ?? [])];
  const single = new Set(rules).size === 1;
  const level = highest([message.level, ...group.latest.flatMap(({ rule }) => rule?.level ?? [])]);
  const counted = countedOf(group, single);
  return { title: titleOf(message, group, single), level, kind, counted };
}

// The word that counts comes first, where a subject or a push message shows it.
function titleOf(message: Message, group: GroupNews, single: boolean): string {
  const { count, mixed, since, until, together } = group;
  const begun = `since ${clockWords(since, until)}`;
  if (!mixed) return `${count} times ${begun}: ${message.title}`;
  const { account, rule } = message;
  // Only what brings findings together is true of them all.
  const place = account !== undefined && /\baccount\b/.test(together) ? ` in ${account.name ?? account.id}` : '';
  return single
    ? `${count} findings${place} ${begun}: ${clip(rule.title, 150)}`
    : `${count} findings of several rules${place} ${begun}`;
}

function countedOf({ count, mixed, since, until, together, latest }: GroupNews, single: boolean): Counted {
  const what = mixed ? 'findings' : 'times';
  return {
    times: `${count} ${what} since ${clockWords(since, until)}`,
    span: `${count} ${what}, from ${spanWords(since, until)}`,
    ...(mixed && { together }),
    mixed,
    oneRule: single,
    lines: latest.map((line) => findingWords(line, mixed, single)),
    unlisted: Math.max(0, count - latest.length),
  };
}

/** What the same news shares is in the message already; of findings that differ, a line says all. */
function findingWords(line: EventLine, mixed: boolean, single: boolean): string {
  if (!mixed) return timeWords(line.time);
  const { account, rule, what } = line;
  // What the rule says comes before what an event says, which may be long and of anybody's making.
  const named = single || rule === undefined ? what : `${clip(rule.title, 150)} (${rule.level}): ${what}`;
  return `${lineWords({ ...line, what: named })}${account === undefined ? '' : ` in ${account}`}`;
}

function spanWords(since: string, until: string): string {
  const [from, to] = [timeWords(since), timeWords(until)];
  if (from === since || to === until) return `${from} to ${to}`;
  return `${from.slice(0, -' UTC'.length)} to ${since.slice(0, 10) === until.slice(0, 10) ? to.slice(11) : to}`;
}

/** The time of day, and the day too where the news began on an earlier one: `09:12 UTC`, `2026-03-13 23:58 UTC`. */
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
