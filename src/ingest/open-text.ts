import type { Ingested } from '../model/log-record.ts';
import { isoTime } from '../time/iso-time.ts';
import { cleanText, hasNoise } from './formats/clean-text.ts';
import { isKnownLine, openLine } from './formats/open-line.ts';
import { isTableHeading } from './formats/system-stats.ts';
import { datedBy, digestId, failure, skipped } from './ingested.ts';
import type { LineContext, OpenOrigin, Opener } from './ingested.ts';
import { parseJson } from './json/json-text.ts';
import { looksLikeJson } from './looks-like-json.ts';
import { containerLine, inContainer } from './shapes/container-line.ts';
import { embeddedIn } from './unwrap/embedded.ts';
import { valuesInText } from './unwrap/values-in-text.ts';

/** openText opens a text: JSON, a line of a log, or either of them behind a prefix. */
export function* openText(text: string, origin: OpenOrigin, context: LineContext, open: Opener): Iterable<Ingested> {
  const clean = cleanText(text);
  const trimmed = clean.trim();
  if (trimmed === '') {
    yield skipped(origin, 'empty text');
    return;
  }
  if (looksLikeJson(trimmed)) {
    yield* openJson(trimmed, origin, open);
    return;
  }
  if (trimmed.includes('\n') && isTableHeading(trimmed)) {
    yield* openTable(trimmed, origin);
    return;
  }
  const within = hasNoise(text) ? { ...context, raw: text } : context;
  const container = containerLine(clean);
  if (container !== undefined) {
    yield* inContainer(container, origin, open, within);
    return;
  }
  const dated = datedLine(trimmed);
  if (dated !== undefined) {
    yield* inContainer(dated, origin, open, within);
    return;
  }
  const line = openLine(text, origin, open.deep && !open.configured ? { ...context, headless: true } : context);
  const embedded = open.deep ? openEmbedded(trimmed, line, origin, open) : undefined;
  if (embedded === undefined) yield line;
  else yield* embedded;
}

function* openJson(text: string, origin: OpenOrigin, open: Opener): Iterable<Ingested> {
  const parsed = parseJson(text);
  if (parsed.ok) {
    yield* open.value(parsed.value, origin);
    return;
  }
  const several = open.deep ? valuesInText(text) : undefined;
  if (several === undefined) yield failure(origin, parsed.reason);
  else yield* open.value(several, origin);
}

/** Looks for a record inside a line of no known format: behind the prefix of `aws logs tail`, in a column of `--output text`. */
function openEmbedded(text: string, line: Ingested, origin: OpenOrigin, open: Opener): Iterable<Ingested> | undefined {
  if (line.kind !== 'record') return undefined;
  const { record } = line;
  const candidates = embeddedIn(text, record);
  if (candidates.length === 0) return undefined;
  if (isOtherRow(text)) return [skipped(origin, "a row of the AWS CLI's text output beside its events")];
  const here = record.time === origin.time ? origin : datedBy(origin, record.time);
  for (const candidate of candidates) {
    const found = open.within(candidate, here);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** `--output text` prints the other parts of an answer between its events, each line with a name in capitals. */
function isOtherRow(text: string): boolean {
  return /^(?:RESOURCES|SEARCHEDLOGSTREAMS|NEXTTOKEN|STATISTICS|RESPONSEMETADATA)\t/.test(text);
}

/**
 * A line behind a time, as CloudWatch Logs' export to S3 and `docker logs -t` write it. The line stays whole unless a known format
 * follows the time, because applications begin their lines with a time as well.
 */
function datedLine(line: string): { readonly time: string; readonly text: string } | undefined {
  const space = line.slice(0, 40).indexOf(' ');
  if (space < 20 || line.charAt(space - 1) !== 'Z') return undefined;
  const time = isoTime(line.slice(0, space));
  const text = line.slice(space + 1).trimStart();
  if (time === undefined || !(looksLikeJson(text) || isKnownLine(text, time)) || isKnownLine(line, time))
    return undefined;
  return { time, text };
}

/** The output of `df` in one log event: each mount is a record. */
function* openTable(table: string, origin: OpenOrigin): Iterable<Ingested> {
  for (const [row, line] of table.split('\n').entries()) {
    if (line.trim() === '') continue;
    yield openLine(line, { ...origin, ...(origin.id !== undefined && { id: digestId([origin.id, String(row)]) }) });
  }
}
