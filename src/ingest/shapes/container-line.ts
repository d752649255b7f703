import type { Ingested } from '../../model/log-record.ts';
import { openLine } from '../formats/open-line.ts';
import { parseJson } from '../json/json-text.ts';
import { datedBy, isObject } from '../ingested.ts';
import type { LineContext, OpenOrigin, Opener } from '../ingested.ts';
import { isoTime } from '../../time/iso-time.ts';
import { looksLikeJson } from '../looks-like-json.ts';

/** ContainerLine is a line of a container, without Docker's prefix. */
export interface ContainerLine {
  /** The container's name, or the compose service's with its number. */
  readonly container?: string;
  /** ISO 8601. */
  readonly time?: string;
  /** `stdout` or `stderr`. */
  readonly stream?: string;
  readonly text: string;
}

/**
 * containerLine reads the prefix of `docker compose logs`: `web-1  | 2025-10-10T13:55:36.123456789Z text`. Without a time, which is
 * `-t`, only a name that ends in its number tells the prefix from a line of somebody's own with a bar in it.
 */
export function containerLine(line: string): ContainerLine | undefined {
  const bar = line.slice(0, 160).indexOf(' | ');
  if (bar < 1) return undefined;
  const name = line.slice(0, bar).trimEnd();
  if (!/^[a-zA-Z\d][\w.-]{0,127}$/.test(name)) return undefined;
  const rest = line.slice(bar + 3);
  const space = rest.slice(0, 40).indexOf(' ');
  const word = space === -1 ? rest.slice(0, 40) : rest.slice(0, space);
  const time = word.length > 18 && word.endsWith('Z') ? isoTime(word) : undefined;
  if (time !== undefined) return { container: name, time, text: space === -1 ? '' : rest.slice(space + 1) };
  return /[-_]\d{1,4}$/.test(name) ? { container: name, text: rest } : undefined;
}

/** inContainer opens a container's line, JSON as well, and says of each record which container wrote it. */
export function* inContainer(
  { container, stream, text, time }: ContainerLine,
  origin: OpenOrigin,
  open: Opener,
  context: LineContext = {},
): Iterable<Ingested> {
  // Without a time, a container's line was written when its log was.
  const { written: _written, ...surroundings } = time === undefined ? origin : datedBy(origin, time);
  const service = container === undefined ? undefined : /^(.+?)[-_]\d{1,4}$/.exec(container)?.[1];
  for (const item of contained(text, surroundings, open, context)) {
    if (item.kind !== 'record') yield item;
    else {
      const fields = {
        ...(container !== undefined && { container }),
        ...(service !== undefined && { service }),
        ...(stream !== undefined && { stream }),
        ...item.record.fields,
      };
      yield { ...item, record: { ...item.record, fields } };
    }
  }
}

/** What begins like JSON and isn't is a line like any other: containers cut long lines. */
function contained(text: string, origin: OpenOrigin, open: Opener, context: LineContext): Iterable<Ingested> {
  const trimmed = text.trim();
  const parsed = looksLikeJson(trimmed) ? parseJson(trimmed) : undefined;
  if (parsed?.ok === true && isObject(parsed.value)) return open.value(parsed.value, origin);
  const within = parsed === undefined ? undefined : open.within(trimmed, origin);
  return within ?? [openLine(text, origin, context)];
}
