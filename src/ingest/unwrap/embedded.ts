import type { LogRecord } from '../../model/log-record.ts';
import { leadingTime } from '../formats/clock/stamp.ts';
import { parseJson } from '../json/json-text.ts';

/**
 * embeddedIn gives what a line may hold, the likeliest first: what it is as a JSON string or base64, the cells between its tabs,
 * what follows its first brace, its time, or its time and a name. None for a line that a known program wrote: what stands in it may be somebody
 * else's word.
 */
export function embeddedIn(line: string, { source }: LogRecord): readonly unknown[] {
  const isPlain = source.product === 'unknown' && source.services[0] === 'plain';
  const isOfNobody = source.product === 'linux' && source.services[0] === 'syslog';
  if (!isPlain && !isOfNobody) return [];
  // A JSON string, or one word of base64.
  if (line.startsWith('"') || !/\s/.test(line)) return [line];
  if (line.includes('\t')) return [cellsOf(line)];
  const brace = line.search(/[{[]\s*["{[]/);
  const json = brace === -1 ? undefined : parseJson(line.slice(brace).trimEnd());
  if (json?.ok === true) return [json.value];
  const time = isPlain ? leadingTime(line) : undefined;
  if (time === undefined) return [];
  const rest = line.slice(time.end).trimStart();
  const space = rest.indexOf(' ');
  // The name of a log stream has no blanks.
  return space === -1 ? [rest] : [rest, rest.slice(space + 1).trimStart()];
}

/** The columns of `--output text` are in the order of their names: an event's `timestamp` comes behind its `ingestionTime`. */
function cellsOf(line: string): Readonly<Record<string, string>> {
  const cells = line.split('\t');
  const timestamp = cells.findLast((cell) => /^1\d{12}$/.test(cell));
  return { ...Object.fromEntries(cells.entries()), ...(timestamp !== undefined && { timestamp }) };
}
