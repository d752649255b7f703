import type { Level } from '../../model/level.ts';
import type { Message } from '../message/message.ts';
import type { NotificationGroup } from '../message/notification.ts';
import { safeHref } from '../../text/html.ts';
import { headlineOf, sharedLabels, type Counted, type Headline } from './headline.ts';
import { clip, shown } from '../../text/escape.ts';
import { accountWords, causeWords, eventListWords, timeWords, whatWords, whoWords, whyWords } from './words.ts';
import { durationWords } from '../../time/duration.ts';

/** TeamsPayload is the body of a post to a workflow that is started by a Teams webhook. */
export interface TeamsPayload {
  readonly type: 'message';
  readonly summary: string;
  readonly attachments: readonly [
    { readonly contentType: 'application/vnd.microsoft.card.adaptive'; readonly content: AdaptiveCard },
  ];
}

interface AdaptiveCard {
  readonly $schema: string;
  readonly type: 'AdaptiveCard';
  readonly version: '1.4';
  readonly msteams: { readonly width: 'Full' };
  readonly fallbackText: string;
  readonly body: readonly Element[];
  readonly actions: readonly object[];
}

type Element = Readonly<Record<string, unknown>>;

/** The place of a text in a card decides its looks, never its content. */
interface Run {
  readonly text: string;
  readonly strong?: boolean;
  readonly faint?: boolean;
  readonly code?: boolean;
  readonly large?: boolean;
}

/**
 * maxTeamsBytes is the size of a card that Teams shows. The documented limit is 28 KB, but workflows take cards above some 24,000 bytes
 * with 202 and then drop them.
 * https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using
 */
export const maxTeamsBytes = 22_500;

/** How much a card holds, from everything to the necessary facts. */
interface Extent {
  readonly rawChars: number;
  readonly queries: boolean;
  readonly listed: number;
  readonly valueChars: number;
}

const extents: readonly Extent[] = [
  { rawChars: 6000, queries: true, listed: 10, valueChars: 400 },
  { rawChars: 2000, queries: true, listed: 10, valueChars: 300 },
  { rawChars: 0, queries: true, listed: 8, valueChars: 200 },
  { rawChars: 0, queries: false, listed: 5, valueChars: 120 },
  { rawChars: 0, queries: false, listed: 2, valueChars: 40 },
];

/**
 * renderTeams writes a message as an Adaptive Card within the size that Teams takes. Text from events stands only in text runs,
 * which have no Markdown, links or mentions.
 * https://adaptivecards.io/explorer/TextRun.html
 */
export function renderTeams(message: Message, group?: NotificationGroup, maxBytes = maxTeamsBytes): TeamsPayload {
  const headline = headlineOf({ message, ...(group && { group }) });
  const payloads = extents.map((extent) => () => payloadOf(message, headline, extent));
  for (const payload of payloads) {
    const made = payload();
    if (Buffer.byteLength(JSON.stringify(made)) <= maxBytes) return made;
  }
  return payloadOf({ ...message, references: [] }, { ...headline, title: clip(headline.title, 80) }, leastExtent);
}

const leastExtent: Extent = { rawChars: 0, queries: false, listed: 0, valueChars: 20 };

const marks: Readonly<Record<Level, string>> = {
  critical: '🟥',
  high: '🟧',
  medium: '🟨',
  low: '🟦',
  informational: '⬜',
};

const styles: Readonly<Record<Level, string>> = {
  critical: 'attention',
  high: 'warning',
  medium: 'warning',
  low: 'accent',
  informational: 'emphasis',
};

function payloadOf(message: Message, headline: Headline, extent: Extent): TeamsPayload {
  const title = `${marks[headline.level]} ${headline.level.toUpperCase()}  ${inert(headline.title, 300)}`;
  const content: AdaptiveCard = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    msteams: { width: 'Full' },
    fallbackText: title,
    body: [
      {
        type: 'Container',
        style: styles[headline.level],
        bleed: true,
        items: [block([{ text: title, strong: true, large: true }])],
      },
      ...bodyOf(message, headline, extent),
      block([
        { text: `${headline.counted?.differs === true ? 'the first of them: ' : ''}${footOf(message)}`, faint: true },
      ]),
    ],
    actions: actionsOf(message, headline, extent),
  };
  return {
    type: 'message',
    summary: title,
    attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', content }],
  };
}

function bodyOf(message: Message, { counted, kind }: Headline, extent: Extent): readonly Element[] {
  switch (kind) {
    case 'completion':
      return factsOf(message, extent, ['When', 'Who', 'Through', 'By call', 'From', 'User agent']);
    case 'update':
      return [...countedOf(counted, extent), ...factsOf(message, extent, sharedLabels(counted))];
    case 'report':
      return message.summary.flatMap(({ title, lines }) => row(title, lines, { ...extent, listed: 5 * extent.listed }));
    case 'alert':
      return [
        ...countedOf(counted, extent),
        ...(counted?.differs === true
          ? [block([{ text: 'The first of them: what follows is about this one only.', strong: true }])]
          : []),
        ...factsOf(message, extent),
        ...adviceOf(message, extent),
        ...evidenceOf(message, extent),
      ];
    default:
      throw new Error(kind satisfies never);
  }
}

function countedOf(counted: Counted | undefined, extent: Extent): readonly Element[] {
  if (counted === undefined) return [];
  const lines = extent.listed === 0 ? [] : counted.lines.slice(-extent.listed);
  const hidden = counted.unlisted + counted.lines.length - lines.length;
  return [
    ...row('Count', [counted.span], extent),
    ...row('Together', counted.groupReason === undefined ? [] : [counted.groupReason], extent),
    ...row('The latest', [...(hidden > 0 ? [`… ${hidden} before these …`] : []), ...lines], extent, true),
  ];
}

function factsOf(message: Message, extent: Extent, wanted?: readonly string[]): readonly Element[] {
  const { account, cause, correlation, from, region, targets, time, who, why } = message;
  const where = [...(account ? [accountWords(account)] : []), ...(region === undefined ? [] : [region])].join(', ');
  const facts: readonly (readonly [label: string, values: readonly string[]])[] = [
    ['When', [timeWords(time)]],
    ['Where', where === '' ? [] : [where]],
    ['Who', [whoWords(message)]],
    ['Through', who.chain.length > 0 ? [who.chain.join(' ← ')] : []],
    ['By call', cause === undefined ? [] : [causeWords(cause)]],
    ['What', [whatWords(message)]],
    ['Target', targets.map(({ kind, id }) => `${kind} ${id}`)],
    ['From', from.address === undefined ? [] : [from.address]],
    ['User agent', from.userAgent === undefined ? [] : [from.userAgent]],
    ['Why it matched', why.map(whyWords)],
    [
      'Events',
      correlation === undefined
        ? []
        : [`${correlation.count} in ${durationWords(correlation.spanMs)}`, ...eventListWords(correlation)],
    ],
  ];
  return facts
    .filter(([label]) => wanted?.includes(label) ?? true)
    .flatMap(([label, values]) => row(label, values, label === 'Events' ? { ...extent, listed: 12 } : extent));
}

function adviceOf({ falsePositives, omitted, rule, runbook, techniques }: Message, extent: Extent): readonly Element[] {
  const long = { ...extent, valueChars: extent.valueChars * 3 };
  const steps = runbook === undefined || safeHref(runbook) !== undefined ? [] : [runbook];
  return [
    ...row('What it means', rule.description === undefined ? [] : [rule.description], long),
    ...row('What to do', steps, long),
    ...row('Harmless if', falsePositives, extent),
    ...linksRow('ATT&CK', techniques.slice(0, 2 * extent.listed)),
    ...row('Left out', omitted, extent),
  ];
}

function evidenceOf({ followUps, raw }: Message, { queries, rawChars }: Extent): readonly Element[] {
  const text = clip(raw.text, rawChars, '');
  const cut = raw.cutChars + raw.text.length - text.length;
  const note = cut > 0 ? ` (cut: ${cut} more characters are in the log)` : '';
  return [
    ...(queries && followUps.length > 0
      ? [
          hidden(
            'queries',
            followUps.flatMap(({ engine, question, sql }) => listing(`${engine}: ${question}`, sql)),
          ),
        ]
      : []),
    ...(rawChars > 0 ? [hidden('event', listing(`The event as it was logged${note}`, text))] : []),
  ];
}

/** Shown on demand, so that the important facts fit on a telephone. */
function hidden(id: string, items: readonly Element[]): Element {
  return { type: 'Container', id, isVisible: false, separator: true, items };
}

function listing(heading: string, text: string): readonly Element[] {
  return [
    block([{ text: inert(heading, 300), strong: true }]),
    ...text.split('\n').map((line) => ({ ...block([{ text: indented(line), code: true }]), spacing: 'None' })),
  ];
}

/** Blanks at a line's beginning would be swallowed. */
function indented(line: string): string {
  const blanks = line.length - line.trimStart().length;
  return '\u00a0'.repeat(Math.min(blanks, 40)) + inert(line.slice(blanks), 2000);
}

function actionsOf(
  { consoleLink, followUps, references, runbook }: Message,
  { counted, kind }: Headline,
  extent: Extent,
): readonly object[] {
  // Where findings differ, facts of the first would pass for facts of all.
  if (kind === 'update' && counted?.mixed === true) return [];
  const links: readonly (readonly [title: string, address: string | undefined])[] = [
    ['Open in CloudTrail', consoleLink],
    ['Runbook', runbook],
    ['Background', references.find((one) => safeHref(one) !== undefined)],
  ];
  const open = links.flatMap(([title, address]) => {
    const url = address === undefined ? undefined : safeHref(address);
    return url === undefined || url.length > 2000 ? [] : [{ type: 'Action.OpenUrl', title, url }];
  });
  const toggle = (title: string, id: string): object => ({
    type: 'Action.ToggleVisibility',
    title,
    targetElements: [id],
  });
  const more = [
    ...(extent.queries && followUps.length > 0 ? [toggle('Queries', 'queries')] : []),
    ...(extent.rawChars > 0 ? [toggle('Event', 'event')] : []),
  ];
  return kind === 'alert' ? [...open, ...more] : open;
}

function footOf({ event, findingId, rule }: Message): string {
  return `rule ${inert(rule.id, 100)} · finding ${inert(findingId, 100)} · event ${inert(event.id, 100)} in ${inert(event.path, 300)} #${event.index}`;
}

function row(
  label: string,
  values: readonly string[],
  { listed, valueChars }: Extent,
  code = false,
): readonly Element[] {
  if (values.length === 0) return [];
  const kept = values.slice(0, Math.max(1, code ? values.length : listed));
  const more = values.length - kept.length;
  const lines = [...kept.map((value) => inert(value, valueChars)), ...(more > 0 ? [`… and ${more} more`] : [])];
  return lines.map((text, index) => ({
    type: 'ColumnSet',
    spacing: index === 0 ? 'Small' : 'None',
    columns: [
      column('110px', block([{ text: index === 0 ? label : '\u00a0', strong: true }])),
      column('stretch', block([{ text, code }])),
    ],
  }));
}

/** Their addresses are made of checked ids: the only links within the text. */
function linksRow(label: string, techniques: Message['techniques']): readonly Element[] {
  if (techniques.length === 0) return [];
  const inlines = techniques.flatMap(({ id, url }, index) => [
    ...(index > 0 ? [run({ text: '  ' })] : []),
    { ...run({ text: id }), selectAction: { type: 'Action.OpenUrl', url } },
  ]);
  const links = { type: 'RichTextBlock', inlines };
  return [
    {
      type: 'ColumnSet',
      spacing: 'Small',
      columns: [column('110px', block([{ text: label, strong: true }])), column('stretch', links)],
    },
  ];
}

function column(width: string, item: Element): Element {
  return { type: 'Column', width, items: [item] };
}

function block(runs: readonly Run[]): Element {
  return { type: 'RichTextBlock', inlines: runs.map(run) };
}

function run({ text, strong, faint, code, large }: Run): Element {
  return {
    type: 'TextRun',
    text,
    ...(strong === true && { weight: 'Bolder' }),
    ...(faint === true && { isSubtle: true, size: 'Small' }),
    ...(code === true && { fontType: 'Monospace', size: 'Small' }),
    ...(large === true && { size: 'Large' }),
  };
}

/** A text run reads no Markdown, but hosts fill in `{{DATE(…)}}` and `${…}`: an invisible joiner keeps them apart. */
function inert(text: string, max: number): string {
  return shown(text, max).replace(/[{$](?=\{)/g, '$&\u2060');
}
