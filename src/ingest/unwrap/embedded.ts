import type { Fields, LogRecord } from '../../model/log-record.ts';
import { leadingTime } from '../formats/clock/stamp.ts';
import { parseJson } from '../json/json-text.ts';
import { rowOfCells } from './rows.ts';

/**
 * embeddedIn gives what a line may hold, the likeliest first: the cells between its tabs, what follows its first brace, what
 * it is as a JSON string or base64, what follows its time, or its time and a name. None for a line that a known program wrote: what stands in it may be somebody
 * else's word.
 */
export function embeddedIn(line: string, { source, fields }: LogRecord): readonly unknown[] {
  const isOfNobody = source.product === 'linux' && source.services[0] === 'syslog';
  // A line without a header among lines of a host counts as theirs.
  const isPlain =
    (source.product === 'unknown' && source.services[0] === 'plain') ||
    (isOfNobody && fields['program'] === undefined && fields['hostname'] === undefined);
  if (!isPlain && !isOfNobody) return [];
  if (line.includes('\t')) return [cellsOf(line)];
  const brace = line.search(/[{[]\s*["{[]/);
  const json = brace === -1 ? undefined : jsonAt(line, brace);
  if (json !== undefined) return [json];
  // A JSON string, or one word of base64.
  if (line.startsWith('"') || !/\s/.test(line)) return [line];
  const time = isPlain ? leadingTime(line) : undefined;
  if (time === undefined) return [];
  // Loki's labels stand between the time and the line.
  const rest = line
    .slice(time.end)
    .trimStart()
    .replace(/^\{[^{}]{0,2000}\} */, '');
  const space = rest.indexOf(' ');
  // The name of a log stream has no blanks.
  return space === -1 ? [rest] : [rest, rest.slice(space + 1).trimStart()];
}

/** The JSON from there to the last bracket, behind which a quote or a full stop may stand. */
function jsonAt(line: string, from: number): unknown {
  const close = line.charAt(from) === '{' ? '}' : ']';
  const parsed = parseJson(line.slice(from, line.lastIndexOf(close) + 1));
  return parsed.ok ? parsed.value : undefined;
}

/** The columns of `--output text` are in the order of their names: an event's `timestamp` comes behind its `ingestionTime`. */
function cellsOf(line: string): Fields {
  const cells = line.split('\t');
  return rowOfCells(cells) ?? Object.fromEntries(cells.entries());
}
