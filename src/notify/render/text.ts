import type { Message } from '../message/message.ts';
import type { NotificationGroup } from '../message/notification.ts';
import { headlineOf, type Counted, type Headline, type Varying } from './headline.ts';
import { shown } from '../../text/escape.ts';
import { hang, wrap } from '../../text/wrap.ts';
import { accountWords, causeWords, eventListWords, timeWords, whatWords, whoWords, whyWords } from './words.ts';
import { durationWords } from '../../time/duration.ts';

/** Paint colours parts of a text that is already inert. */
export interface Paint {
  readonly level: (text: string, level: Message['level']) => string;
  readonly strong: (text: string) => string;
  readonly faint: (text: string) => string;
}

export interface TextOptions {
  /** `compact` is a block for a terminal; `full` has everything, for mail. */
  readonly detail: 'compact' | 'full';
  /** Columns to wrap at. Addresses and queries are never broken. */
  readonly width: number;
  readonly paint?: Paint;
}

/** TextRow is a label and its values, each on lines of its own. */
export interface TextRow {
  readonly label: string;
  readonly values: readonly string[];
}

const unpainted: Paint = { level: (text) => text, strong: (text) => text, faint: (text) => text };

const labelWidth = 10;
const listed = 10;

/**
 * renderText writes a message as plain text that is inert on terminals and in mail clients, ending in a line break; with a
 * group, the facts that all its findings share.
 */
export function renderText(message: Message, options: TextOptions, group?: NotificationGroup): string {
  const { detail, width, paint = unpainted } = options;
  const headline = headlineOf({ message, ...(group && { group }) });
  const head = headLines(headline, width, paint);
  const block = (rows: readonly TextRow[]): readonly string[] => rowLines(rows, width, paint);
  switch (headline.kind) {
    case 'completion':
      return [...head, ...gap(detail), ...block(completionOf(message)), ''].join('\n');
    case 'update':
      return [...head, ...gap(detail), ...block(againOf(message, headline)), ''].join('\n');
    case 'report':
      return [...head, ...reportOf(message, options, paint), ''].join('\n');
    case 'alert': {
      const counted = block(countedRows(headline.counted, listed));
      const first = headline.counted?.differs === true ? ['--- The first of them', ''] : [];
      const facts = [...counted, ...(counted.length > 0 ? [...gap(detail), ...first] : []), ...block(factsOf(message))];
      if (detail === 'compact') return [...head, ...facts, ''].join('\n');
      return [...head, '', ...facts, ...adviceOf(message, width, paint), ...evidenceOf(message, width), ''].join('\n');
    }
    default:
      throw new Error(headline.kind satisfies never);
  }
}

function gap(detail: TextOptions['detail']): readonly string[] {
  return detail === 'full' ? [''] : [];
}

/** headLines writes a title with its level, as text that is inert. */
export function headLines(
  { level, title }: Pick<Headline, 'level' | 'title'>,
  width: number,
  paint: Paint,
): readonly string[] {
  const label = level.toUpperCase();
  const [first = '', ...rest] = wrap(shown(title, 300), width - label.length - 2);
  return [
    `${paint.level(label, level)}  ${paint.strong(first)}`,
    ...rest.map((line) => `${' '.repeat(label.length + 2)}${paint.strong(line)}`),
  ];
}

function reportOf(message: Message, { detail, width }: TextOptions, paint: Paint): readonly string[] {
  const parts = message.summary.flatMap(({ title, lines }) => [
    ...gap(detail),
    paint.strong(shown(title, 100)),
    ...lines.flatMap((line) => hang(shown(line, 300), width - 2).map((text) => `  ${text}`)),
  ]);
  if (detail === 'compact') return parts;
  const advice = [{ label: 'to do', values: message.runbook === undefined ? [] : [message.runbook] }];
  return [...parts, '', ...rowLines(advice, width, paint, 2000), '', ...idsOf(message, width)];
}

/** An update: the facts that all findings share, and the latest findings. */
function againOf(message: Message, { counted }: Headline): readonly TextRow[] {
  const { consoleLink, findingId, runbook } = message;
  const same = (part: Varying, rows: readonly TextRow[]): readonly TextRow[] =>
    counted?.varies.has(part) === true ? [] : rows;
  const shared: readonly TextRow[] = [
    whereRow(message),
    ...same('who', whoRows(message)),
    ...same('what', [{ label: 'what', values: [whatWords(message)] }]),
    ...same('target', [targetRow(message)]),
    ...same('from', [fromRow(message)]),
    { label: 'console', values: consoleLink === undefined ? [] : [consoleLink] },
  ];
  return [
    ...countedRows(counted, 20),
    ...(counted?.mixed === true ? [] : shared),
    { label: 'to do', values: runbook === undefined || counted?.oneRule === false ? [] : [runbook] },
    { label: 'alert', values: [`all about the first of them was sent before: finding ${findingId}`] },
  ];
}

function countedRows(counted: Counted | undefined, most: number): readonly TextRow[] {
  if (counted === undefined) return [];
  const { lines, span, groupReason, unlisted } = counted;
  const hidden = unlisted + Math.max(0, lines.length - most);
  return [
    { label: 'count', values: [span] },
    { label: 'together', values: groupReason === undefined ? [] : [groupReason] },
    { label: 'latest', values: [...(hidden > 0 ? [`… ${hidden} before these …`] : []), ...lines.slice(-most)] },
  ];
}

/** The new fact, and enough to find the alert that it adds to. */
function completionOf(message: Message): readonly TextRow[] {
  return [
    { label: 'when', values: [timeWords(message.time)] },
    ...whoRows(message),
    fromRow(message),
    { label: 'alert', values: [`sent before, finding ${message.findingId}`] },
  ];
}

function whoRows(message: Message): readonly TextRow[] {
  const { cause, who } = message;
  return [
    { label: 'who', values: [whoWords(message)] },
    { label: 'through', values: who.chain.length > 0 ? [who.chain.join(' ← ')] : [] },
    { label: 'by call', values: cause === undefined ? [] : [causeWords(cause)] },
  ];
}

function fromRow({ from }: Message): TextRow {
  const origin = [from.address, from.userAgent].filter((part) => part !== undefined);
  return { label: 'from', values: origin.length > 0 ? [origin.join(' · ')] : [] };
}

function factsOf(message: Message): readonly TextRow[] {
  const { correlation, why } = message;
  return [
    { label: 'when', values: [timeWords(message.time)] },
    whereRow(message),
    ...whoRows(message),
    { label: 'what', values: [whatWords(message)] },
    targetRow(message),
    fromRow(message),
    { label: 'why', values: listOf(why.map(whyWords)) },
    {
      label: 'events',
      values: correlation
        ? [`${correlation.count} in ${durationWords(correlation.spanMs)}`, ...eventListWords(correlation)]
        : [],
    },
    { label: 'left out', values: message.omitted },
  ];
}

function whereRow({ account, region }: Message): TextRow {
  const where = [...(account ? [accountWords(account)] : []), ...(region === undefined ? [] : [region])];
  return { label: 'where', values: where.length > 0 ? [where.join(', ')] : [] };
}

function targetRow({ targets }: Message): TextRow {
  return { label: 'target', values: listOf(targets.map(({ kind, id }) => `${kind} ${id}`)) };
}

function listOf(values: readonly string[]): readonly string[] {
  return values.length <= listed ? values : [...values.slice(0, listed), `… and ${values.length - listed} more`];
}

function adviceOf(message: Message, width: number, paint: Paint): readonly string[] {
  const rows: readonly TextRow[] = [
    { label: 'rule', values: message.rule.description === undefined ? [] : [message.rule.description] },
    { label: 'harmless', values: message.falsePositives.map((text) => `if: ${text}`) },
    { label: 'to do', values: message.runbook === undefined ? [] : [message.runbook] },
    { label: 'ATT&CK', values: message.techniques.map(({ id, url }) => `${id}  ${url}`) },
    { label: 'read', values: message.references },
    { label: 'console', values: message.consoleLink === undefined ? [] : [message.consoleLink] },
  ];
  const lines = rowLines(rows, width, paint, 2000);
  return lines.length > 0 ? ['', ...lines] : [];
}

function evidenceOf(message: Message, width: number): readonly string[] {
  const { cutChars, text } = message.raw;
  return [
    // Queries are inert as they are written (sql-tokens.ts), and would no longer paste if they were wrapped.
    ...message.followUps.flatMap(({ engine, question, sql }) => ['', `--- ${engine}: ${question}`, '', sql]),
    '',
    '--- The event as it was logged',
    '',
    ...text.split('\n').map((line) => shown(line, 4000)),
    ...(cutChars > 0 ? [`… cut here: ${cutChars} more characters are in the log`] : []),
    '',
    ...idsOf(message, width),
  ];
}

function idsOf({ event, findingId, rule }: Message, width: number): readonly string[] {
  return [
    ...wrap(`Finding ${shown(findingId)} · rule ${shown(rule.id)}`, width),
    ...wrap(`Event ${shown(event.id)} · ${shown(event.path)} #${event.index}`, width),
  ];
}

/** rowLines writes rows below each other, as text that is inert. */
export function rowLines(rows: readonly TextRow[], width: number, paint: Paint, maxChars = 500): readonly string[] {
  const indent = ' '.repeat(labelWidth);
  return rows.flatMap(({ label, values }) =>
    values
      .flatMap((value) => hang(shown(value, maxChars), width - labelWidth))
      .map((line, index) => (index === 0 ? paint.faint(label.padEnd(labelWidth)) : indent) + line),
  );
}
