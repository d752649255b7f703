import type { Fields } from '../../model/log-record.ts';
import { cleanText } from '../formats/clean-text.ts';
import { isKnownLine, isLogLine } from '../formats/open-line.ts';
import { isObject } from '../ingested.ts';
import { looksLikeJson } from '../looks-like-json.ts';
import type { Near } from './near.ts';
import { packedTexts } from './packed-text.ts';
import { rowOfCells, rowOfPairs, rowsIn } from './rows.ts';
import { valuesInText } from './values-in-text.ts';

/** Found is a record within a value, or another item of a record's list. */
export type Found = { readonly near: Near | undefined } & (
  { readonly kind: 'value'; readonly value: unknown } | { readonly kind: 'text'; readonly text: string }
);

/** Search is how records are looked for. */
export interface Search {
  /** Tells an object that says by its shape what it is. */
  readonly isKnown: (value: Fields) => boolean;
  /** Called for each value that is looked at: the work is linear in their number and their size. */
  readonly onStep?: () => void;
}

/**
 * How many wrappings deep records are looked for: a search engine's answer (`hits.hits[]._source.event.original`) has seven with
 * the text that is JSON. Each text that holds JSON is parsed once on its level, so that the time is linear in the size.
 */
const maxLevels = 10;

/** The names under which wrappings keep the original event, the most specific first. */
const tellingNames = [
  'envelope',
  '_source',
  'event',
  'original',
  'detail',
  'record',
  'result',
  '_raw',
  '@message',
  'message',
  'log',
];

/** How many records of one wrapping are compared to find a repeated one. */
const compared = 4;

/**
 * unwrap searches a value of unknown shape for known records: in lists, in columns, under any name, as JSON in texts, as lines of
 * known formats, in base64. It gives them in their order, together with the unknown items of their lists. Empty when nothing is
 * known.
 */
export function unwrap(value: unknown, search: Search): readonly Found[] {
  return look(value, undefined, 0, search);
}

/** An item of a list is an event by itself; other finds within one object may be the same event again. */
type Leaf = Found & { readonly listed: boolean };

const nothing: readonly Leaf[] = [];

function look(value: unknown, near: Near | undefined, level: number, search: Search): readonly Leaf[] {
  search.onStep?.();
  if (level > maxLevels) return nothing;
  if (typeof value === 'string') return inText(value, near, level, search);
  if (Array.isArray(value)) return inList(value, near, level, search);
  if (!isObject(value)) return nothing;
  if (search.isKnown(value)) return [{ kind: 'value', value, near, listed: false }];
  const rows = rowsIn(value);
  return rows === undefined
    ? inObject(value, near, level, search)
    : inList(rows, { value, outer: near }, level, search);
}

function inList(list: readonly unknown[], near: Near | undefined, level: number, search: Search): readonly Leaf[] {
  const row = rowOfPairs(list) ?? rowOfCells(list);
  if (row !== undefined) return look(row, near, level + 1, search);
  const items = list.map((item) => look(item, near, level + 1, search));
  if (items.every((leaves) => leaves.length === 0)) return nothing;
  // Unknown items of a list with known ones are given too, so that nothing is lost.
  return items.flatMap((leaves, index): readonly Leaf[] => {
    if (leaves.length > 0) return leaves.map((leaf) => ({ ...leaf, listed: true }));
    const item = list[index];
    if (isObject(item)) return [{ kind: 'value', value: item, near, listed: true }];
    return typeof item === 'string' && isLikelyLog(item) ? [{ kind: 'text', text: item, near, listed: true }] : [];
  });
}

/** A text that begins like JSON or a log line is an event; the other cells of a row are not. */
function isLikelyLog(text: string): boolean {
  return looksLikeJson(text.trimStart()) || isLogLine(cleanText(text));
}

function inObject(value: Fields, near: Near | undefined, level: number, search: Search): readonly Leaf[] {
  let finds: { readonly name: string; readonly leaves: readonly Leaf[] }[] | undefined;
  let inner: Near | undefined;
  for (const name of Object.keys(value)) {
    const one = value[name];
    if (typeof one !== 'object' && typeof one !== 'string') continue;
    inner ??= { value, outer: near };
    const leaves = look(one, inner, level + 1, search);
    if (leaves.length > 0) (finds ??= []).push({ name, leaves });
  }
  if (finds === undefined) return nothing;
  const [only] = finds;
  return finds.length === 1 ? (only?.leaves ?? nothing) : withoutRepeats(finds);
}

function withoutRepeats(
  finds: readonly { readonly name: string; readonly leaves: readonly Leaf[] }[],
): readonly Leaf[] {
  const kept: Leaf[] = [];
  for (const { leaves } of finds.toSorted((one, other) => rankOf(one.name) - rankOf(other.name))) {
    for (const leaf of leaves) {
      if (leaf.listed || !kept.slice(0, compared).some((other) => isSame(leaf, other))) kept.push(leaf);
    }
  }
  return kept;
}

function rankOf(name: string): number {
  const rank = tellingNames.indexOf(name);
  return rank === -1 ? tellingNames.length : rank;
}

/** Shippers keep both the original event and the parsed one. */
function isSame(one: Leaf, other: Leaf): boolean {
  if (other.listed) return false;
  if (one.kind === 'text') return other.kind === 'text' && other.text.includes(one.text.trim());
  return other.kind === 'value' && idOf(one.value) !== undefined && idOf(one.value) === idOf(other.value);
}

/** The id of an event is the same with and without its envelope. */
function idOf(value: unknown): unknown {
  if (!isObject(value)) return undefined;
  const { detail } = value;
  return eventIdOf(value) ?? (isObject(detail) ? eventIdOf(detail) : undefined) ?? value['id'] ?? value['__CURSOR'];
}

function eventIdOf({ eventID, eventId }: Fields): unknown {
  return eventID ?? eventId;
}

function inText(text: string, near: Near | undefined, level: number, search: Search): readonly Leaf[] {
  if (text.length < 8) return nothing;
  const values = valuesInText(text);
  if (values !== undefined) {
    const [only] = values;
    return values.length === 1 ? look(only, near, level + 1, search) : inList(values, near, level + 1, search);
  }
  const lines = linesOf(text);
  if (lines.some((line) => isKnownLine(cleanText(line), undefined))) {
    return lines.map((line) => ({ kind: 'text', text: line, near, listed: lines.length > 1 }));
  }
  const packed = packedTexts(text.trim());
  if (packed.length === 0) return nothing;
  return packed.length === 1 ? look(packed[0], near, level + 1, search) : inList(packed, near, level + 1, search);
}

/** The lines of a text, each of which may be an event. */
function linesOf(text: string): readonly string[] {
  if (text.length < 15 || !text.includes(' ')) return [];
  const trimmed = text.trimEnd();
  return trimmed.includes('\n') ? trimmed.split('\n').filter((line) => line.trim() !== '') : [trimmed];
}
