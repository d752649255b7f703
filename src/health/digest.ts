import type { SummaryPart } from '../model/audit-event.ts';
import type { Tally, TallyKind } from '../notify/delivery/state/index.ts';
import { firstAt, localDayOf } from '../time/zoned-time.ts';
import { durationWords } from '../time/duration.ts';
import { dayMs, dayOf } from '../time/days.ts';

/** DigestSettings says when the digest of a day is sent, on the next day. */
export interface DigestSettings {
  /** `07:00`, in the time zone. */
  readonly at: string;
  /** IANA name: `Europe/Berlin`. */
  readonly timezone: string;
}

/** DigestFacts is the content of a day's digest. */
export interface DigestFacts {
  readonly tallies: readonly Tally[];
  /** The owners of suppressions, by the suppression's name. */
  readonly owners: Readonly<Record<string, string>>;
  /** Suppressions that have ended. */
  readonly expired: readonly { readonly name: string; readonly owner: string; readonly expires: string }[];
  readonly silent: readonly { readonly source: string; readonly quietMs: number }[];
}

/** A digest that is too long is not read at all. */
const mostLines = 12;

/**
 * digestDue gives the last day, in UTC, whose digest is due by now: the day that was over when the clock last showed the hour at
 * which people want to read the digest.
 */
export function digestDue({ at, timezone }: DigestSettings, now: Date): string {
  const clock = (Number(at.slice(0, 2)) * 60 + Number(at.slice(3, 5))) * 60_000;
  const today = localDayOf(timezone, now.getTime());
  const hourOf = (day: number): number => firstAt(timezone, day * dayMs + clock);
  const hour = hourOf(today) <= now.getTime() ? hourOf(today) : hourOf(today - 1);
  return dayOf(hour - dayMs);
}

/** digestOf sums up a day in a few parts, those that need action first. */
export function digestOf(facts: DigestFacts): readonly SummaryPart[] {
  const { expired, owners, silent, tallies } = facts;
  const of = (kind: TallyKind, words: (tally: Tally) => string): readonly string[] =>
    tallies.filter((tally) => tally.kind === kind).map(words);
  const joined = new Map(tallies.filter(({ kind }) => kind === 'joined').map(({ name, count }) => [name, count]));
  const receivers = new Set([...of('told', nameOf), ...joined.keys()]);
  const notified = new Map(tallies.filter(({ kind }) => kind === 'told').map(({ name, count }) => [name, count]));

  const parts: readonly SummaryPart[] = [
    {
      title: 'Needs attention',
      lines: [
        ...of('dead-lettered', ({ count, name }) => `${name} did not get ${findings(count)}: see its dead letters`),
        ...silent.map(({ quietMs, source }) => `silent: ${source}, for ${durationWords(quietMs)}`),
        ...expired.map(({ expires, name, owner }) => `suppression ${name} of ${owner} ended with ${expires}`),
        ...of('missed-by-fast-paths', ({ count, name }) => `fast paths missed ${findings(count)} in ${name}`),
      ],
    },
    {
      title: 'Notified',
      lines: [...receivers].map((name) =>
        [
          `${name}: ${count(notified.get(name) ?? 0, 'alert')}`,
          ...(joined.has(name) ? [`${(joined.get(name) ?? 0).toLocaleString('en')} more joined them`] : []),
        ].join(', '),
      ),
    },
    {
      title: 'Muted or grouped',
      lines: [
        ...of(
          'suppressed',
          ({ count: times, name }) =>
            `${findings(times)} by suppression ${name}${owners[name] === undefined ? '' : ` of ${owners[name]}`}`,
        ),
        ...of('inhibited', ({ count: times, name }) => `${findings(times)} by inhibition ${name}`),
        ...of('throttled', ({ count: times, name }) => `${findings(times)} grouped at ${name}: too many of one rule`),
        ...of('trial', ({ count: times, name }) => `${findings(times)} by trial ${name}`),
      ],
    },
    { title: 'Routed to nobody', lines: of('unrouted', ({ count: times, name }) => `${name}: ${times}`) },
  ];
  const full = parts.filter(({ lines }) => lines.length > 0);
  return full.length > 0 ? full.map(shortened) : [{ title: 'Nothing', lines: ['Nothing was found on that day.'] }];
}

function shortened({ lines, title }: SummaryPart): SummaryPart {
  const more = lines.length - mostLines;
  return { title, lines: more > 0 ? [...lines.slice(0, mostLines), `… and ${more} more`] : lines };
}

function findings(times: number): string {
  return count(times, 'finding');
}

function count(times: number, what: string): string {
  return `${times.toLocaleString('en')} ${what}${times === 1 ? '' : 's'}`;
}

function nameOf({ name }: Tally): string {
  return name;
}
