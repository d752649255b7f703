import type { Button, KnownBlock, MrkdwnElement } from '@slack/types';
import type { Level } from '../../model/level.ts';
import type { Message } from '../message/message.ts';
import type { NotificationGroup } from '../message/notification.ts';
import { safeHref } from '../../text/html.ts';
import { headlineOf, sharedLabels, type Counted, type Headline } from './headline.ts';
import { clip, plain } from '../../text/escape.ts';
import { accountWords, causeWords, eventListWords, timeWords, whatWords, whoWords, whyWords } from './words.ts';
import { durationWords } from '../../time/duration.ts';

/** SlackPayload is the body of a post to an incoming webhook. */
export interface SlackPayload {
  /** The text of a push message, which shows no blocks. */
  readonly text: string;
  readonly blocks: readonly KnownBlock[];
  readonly unfurl_links: false;
  readonly unfurl_media: false;
}

// https://docs.slack.dev/reference/block-kit/blocks: characters of the text as it is sent, entities included.
const limits = { header: 150, section: 3000, field: 2000, fields: 10, url: 3000, fallback: 300 };
const rawChars = 1500;
const listed = 8;

const marks: Readonly<Record<Level, string>> = {
  critical: '🟥',
  high: '🟧',
  medium: '🟨',
  low: '🟦',
  informational: '⬜',
};

/**
 * renderSlack writes a message as Block Kit, in which no text from an event can mention, link, ring or format; with a group, the
 * facts that all its findings share.
 */
export function renderSlack(message: Message, group?: NotificationGroup): SlackPayload {
  const headline = headlineOf({ message, ...(group && { group }) });
  return payloadOf(message, headline, bodyOf(message, headline));
}

/** renderSlackBriefly writes only the necessary facts, for when Slack refuses the whole message. */
export function renderSlackBriefly(message: Message, group?: NotificationGroup): SlackPayload {
  const headline = headlineOf({ message, ...(group && { group }) });
  return payloadOf(message, headline, [
    ...sectionOf('Count', headline.counted === undefined ? [] : [entities(headline.counted.span, 200)]),
    ...factsOf(message, headline.kind === 'alert' ? undefined : sharedLabels(headline.counted)),
    ...sectionOf('Left out', ['Slack refused the rest of this message. The finding is whole on the findings bus.']),
  ]);
}

function payloadOf(message: Message, headline: Headline, body: readonly KnownBlock[]): SlackPayload {
  const title = `${marks[headline.level]} ${headline.level.toUpperCase()}  ${plain(headline.title)}`;
  return {
    text: neutral(title, limits.fallback),
    blocks: [
      // Plain text knows no mentions and no links; `emoji` would turn `:name:` into pictures.
      { type: 'header', text: { type: 'plain_text', text: clip(title, limits.header), emoji: false } },
      ...body,
      {
        type: 'context',
        elements: [mrkdwn(`${headline.counted?.differs === true ? 'the first of them: ' : ''}${footOf(message)}`)],
      },
    ],
    unfurl_links: false,
    unfurl_media: false,
  };
}

function bodyOf(message: Message, { kind, counted }: Headline): readonly KnownBlock[] {
  switch (kind) {
    case 'completion':
      return factsOf(message, ['When', 'Who', 'By call', 'From']);
    case 'update':
      return [
        ...countedOf(counted),
        ...factsOf(message, sharedLabels(counted)),
        // Where findings differ, facts of the first would pass for facts of all.
        ...(counted?.mixed === true ? [] : buttonsOf(message)),
      ];
    case 'report':
      return message.summary.flatMap(({ title, lines }) =>
        sectionOf(entities(title, 100), fitting(lines.map((line) => `• ${entities(line, 200)}`))),
      );
    case 'alert':
      return [
        ...countedOf(counted),
        ...(counted?.differs === true ? sectionOf('The first of them', ['What follows is about this one only.']) : []),
        ...alertOf(message),
      ];
    default:
      throw new Error(kind satisfies never);
  }
}

function countedOf(counted: Counted | undefined): readonly KnownBlock[] {
  if (counted === undefined) return [];
  const { lines, span, groupReason, unlisted } = counted;
  const shownLines = lines.slice(-listed);
  const hidden = unlisted + lines.length - shownLines.length;
  return [
    ...sectionOf('Count', [entities(groupReason === undefined ? span : `${span}; together: ${groupReason}`, 400)]),
    ...(shownLines.length > 0
      ? blockOf('The latest', [...(hidden > 0 ? [`… ${hidden} before these …`] : []), ...shownLines])
      : []),
  ];
}

function alertOf(message: Message): readonly KnownBlock[] {
  return [
    ...factsOf(message),
    ...sectionOf(
      'Why it matched',
      message.why.slice(0, listed).map((one) => `• ${code(whyWords(one), 300)}`),
    ),
    ...correlationOf(message),
    ...adviceOf(message),
    ...message.followUps.flatMap(({ engine, question, sql }) => blockOf(`${engine}: ${question}`, sql.split('\n'))),
    ...rawOf(message),
    ...buttonsOf(message),
  ];
}

/** Slack refuses a section without fields. */
function factsOf(message: Message, wanted?: readonly string[]): readonly KnownBlock[] {
  const fields = fieldsOf(message, wanted);
  return fields.length > 0 ? [{ type: 'section', fields }] : [];
}

function fieldsOf(message: Message, wanted?: readonly string[]): MrkdwnElement[] {
  const { account, cause, from, region, targets, time, who } = message;
  const where = [...(account ? [accountWords(account)] : []), ...(region === undefined ? [] : [region])].join(', ');
  const fields: readonly (readonly [label: string, values: readonly string[]])[] = [
    ['When', [timeWords(time)]],
    ['Where', where === '' ? [] : [where]],
    ['Who', [whoWords(message), ...(who.chain.length > 0 ? [`through ${who.chain.join(' ← ')}`] : [])]],
    ['By call', cause === undefined ? [] : [causeWords(cause)]],
    ['What', [whatWords(message)]],
    ['Target', targets.slice(0, listed).map(({ kind, id }) => `${kind} ${id}`)],
    ['From', [from.address, from.userAgent].filter((part) => part !== undefined)],
  ];
  return fields
    .filter(([label, values]) => values.length > 0 && (wanted?.includes(label) ?? true))
    .slice(0, limits.fields)
    .map(([label, values]) => mrkdwn([`*${label}*`, ...values.map((value) => code(value, 200))].join('\n')));
}

function correlationOf({ correlation }: Message): KnownBlock[] {
  if (correlation === undefined) return [];
  return blockOf(`${correlation.count} events in ${durationWords(correlation.spanMs)}`, eventListWords(correlation));
}

function adviceOf({ falsePositives, omitted, rule, runbook, techniques }: Message): KnownBlock[] {
  const steps = runbook !== undefined && safeHref(runbook) === undefined ? [entities(runbook, 1500)] : [];
  const links = techniques.map(({ id, url }) => `<${url}|${id}>`);
  return [
    ...sectionOf('What it means', rule.description === undefined ? [] : [entities(rule.description, 1000)]),
    ...sectionOf('What to do', steps),
    ...sectionOf(
      'Harmless if',
      falsePositives.slice(0, listed).map((one) => `• ${entities(one, 300)}`),
    ),
    ...sectionOf('ATT&amp;CK', links.length > 0 ? [links.slice(0, 20).join('  ')] : []),
    ...sectionOf(
      'Left out',
      omitted.map((one) => `• ${entities(one, 300)}`),
    ),
  ];
}

function rawOf({ raw }: Message): KnownBlock[] {
  const shownText = clip(raw.text, rawChars, '');
  const cut = raw.cutChars + raw.text.length - shownText.length;
  const note = cut > 0 ? ` (cut: ${cut} more characters are in the log)` : '';
  return blockOf(`The event as it was logged${note}`, shownText.split('\n'));
}

function buttonsOf({ consoleLink, references, runbook }: Message): KnownBlock[] {
  const links: readonly (readonly [text: string, address: string | undefined])[] = [
    ['Open in CloudTrail', consoleLink],
    ['Runbook', runbook],
    ['Background', references.find((one) => safeHref(one) !== undefined)],
  ];
  const buttons = links.flatMap(([text, address]): Button[] => {
    const url = address === undefined ? undefined : safeHref(address);
    if (url === undefined || url.length > limits.url) return [];
    return [{ type: 'button', text: { type: 'plain_text', text, emoji: false }, url }];
  });
  return buttons.length > 0 ? [{ type: 'actions', elements: buttons }] : [];
}

function footOf({ event, findingId, rule }: Message): string {
  const place = `${event.path} #${event.index}`;
  return `rule ${code(rule.id, 100)} · finding ${code(findingId, 100)} · event ${code(event.id, 100)} in ${code(place, 300)}`;
}

/** As many lines as a section takes. */
function fitting(lines: readonly string[]): readonly string[] {
  let room = limits.section - 300;
  const kept = lines.filter(({ length }) => (room -= length + 1) >= 0);
  return kept.length < lines.length ? [...kept, `… ${lines.length - kept.length} more lines`] : kept;
}

function sectionOf(heading: string, lines: readonly string[]): KnownBlock[] {
  if (lines.length === 0) return [];
  return [{ type: 'section', text: mrkdwn([`*${heading}*`, ...lines].join('\n')) }];
}

/** A block of code under a heading; where it would not fit whole, it ends with how many lines are missing. */
function blockOf(heading: string, lines: readonly string[]): KnownBlock[] {
  const kept: string[] = [];
  let room = limits.section - heading.length - 60;
  for (const line of lines) {
    const safe = entities(unticked(line), Math.min(room, 1000));
    room -= safe.length + 1;
    if (room < 0) break;
    kept.push(safe);
  }
  const missing = lines.length - kept.length;
  const end = missing > 0 ? [`… ${missing} more lines`] : [];
  return sectionOf(heading, ['```', ...kept, ...end, '```']);
}

function mrkdwn(text: string): MrkdwnElement {
  // Verbatim: nothing that looks like an address, a channel or a name is turned into one.
  return { type: 'mrkdwn', text, verbatim: true };
}

/** A span of code, in which Slack reads no formatting. */
function code(text: string, max: number): string {
  const inside = entities(unticked(text).trim(), max);
  return inside === '' ? '(empty)' : `\`${inside}\``;
}

/** Running text of a push message: an invisible joiner follows each character that could start formatting or a mention. */
function neutral(text: string, max: number): string {
  return entities(text, max).replace(/[@#*_~`:]/g, '$&\u2060');
}

function unticked(text: string): string {
  return text.replaceAll('`', 'ˋ');
}

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** entities escapes the characters that Slack reads as control sequences, and never cuts an escape in two. */
function entities(text: string, max: number): string {
  let out = '';
  for (const char of plain(clip(text, max, ''))) {
    const escaped = escapes[char] ?? char;
    if (out.length + escaped.length > max - 1) return `${out}…`;
    out += escaped;
  }
  return text.length > max ? `${out}…` : out;
}
