import { leadingTime } from '../formats/clock/stamp.ts';
import { parseJson } from '../json/json-text.ts';

/** JsonBlocks takes lines and gives them back, those of one pretty-printed JSON value as one text. */
export interface JsonBlocks {
  push(line: string): void;
  end(): void;
}

/** The lines of a longer block are read one by one: it can't be a record. */
const maxChars = 4 * 1024 * 1024;

/**
 * createJsonBlocks joins the lines of a JSON value that begins at the end of a line, as `aws logs tail --format json` prints it with
 * the time on the line before. Lines that don't form JSON when their brackets close are given back one by one.
 */
export function createJsonBlocks(give: (text: string) => void): JsonBlocks {
  let held: string[] = [];
  let size = 0;
  let depth = 0;
  /** Whether the first line that is held is a heading. */
  let headed = false;
  /** A line with nothing but a time and a name: its JSON may follow. */
  let heading: string | undefined;

  const release = () => {
    const lines = held;
    const before = headed ? (lines[0] ?? '').length + 1 : 0;
    held = [];
    headed = false;
    size = 0;
    depth = 0;
    const text = lines.join('\n');
    // The bracket at the end of the first line, or of the line behind the heading.
    const start = before + (lines[before === 0 ? 0 : 1] ?? '').trimEnd().length - 1;
    if (parseJson(text.slice(start).trimEnd()).ok) give(text);
    else for (const line of lines) give(line);
  };
  const hold = (line: string) => {
    held.push(line);
    size += line.length;
    depth += bracketsIn(line);
    if (depth <= 0 || size > maxChars) release();
  };

  return {
    push: (line) => {
      if (held.length > 0) {
        hold(line);
        return;
      }
      const opens = endsOpen(line);
      if (heading !== undefined) {
        const before = heading;
        heading = undefined;
        if (opens && /^\s*[{[]\s*$/.test(line)) {
          held.push(before);
          size += before.length;
          headed = true;
        } else give(before);
      }
      if (opens) hold(line);
      else if (isHeading(line)) heading = line;
      else give(line);
    },
    end: () => {
      if (held.length > 0) release();
      if (heading !== undefined) give(heading);
      heading = undefined;
    },
  };
}

/** Whether a line's last word is a bracket that opens. */
function endsOpen(line: string): boolean {
  let end = line.length - 1;
  while (end >= 0 && isBlank(line.charCodeAt(end))) end--;
  const code = line.charCodeAt(end);
  if (code !== 0x7b && code !== 0x5b) return false;
  return end === 0 || isBlank(line.charCodeAt(end - 1));
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0d || code === 0x0a;
}

/** A time, and behind it one word. */
function isHeading(line: string): boolean {
  const end = line.trimEnd();
  const space = end.lastIndexOf(' ');
  // Most lines say more, and needn't be asked for their time.
  if (space < 16 || space > 40) return false;
  return leadingTime(line)?.end === space;
}

/** How many brackets a line opens and doesn't close, outside of its strings, which end on their line. */
function bracketsIn(line: string): number {
  let open = 0;
  let inString = false;
  for (let at = 0; at < line.length; at++) {
    const code = line.charCodeAt(at);
    if (inString) {
      if (code === 0x5c) at++;
      else if (code === 0x22) inString = false;
    } else if (code === 0x22) inString = true;
    else if (code === 0x7b || code === 0x5b) open++;
    else if (code === 0x7d || code === 0x5d) open--;
  }
  return open;
}
