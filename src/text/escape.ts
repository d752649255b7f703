/**
 * Characters that change how the text around them looks or is read: control characters (line breaks, escape
 * sequences of terminals), format characters (right-to-left overrides, zero-width and tag characters), line and
 * paragraph separators, halves of surrogate pairs, and the two noncharacters that SNS and SQS refuse.
 */
const unsafe = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\uFFFE\uFFFF]/gu;

const named: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/**
 * plain makes text from an event inert on a terminal and in plain-text mail: one line, and every character that could
 * steer the display is shown as an escape such as `\n` or `\u202e`, so that the reader sees what was there.
 */
export function plain(text: string): string {
  return text.replace(unsafe, (char) => named[char] ?? escapeOf(char));
}

/**
 * plainJson writes data as JSON that is inert on a terminal as well: it reads back as the very same data, since characters
 * that could steer the display are JSON's own escapes.
 */
export function plainJson(data: object, indent?: number): string {
  // Between values, JSON has line breaks of its own; within them it escapes them.
  return JSON.stringify(data, undefined, indent).replace(unsafe, (char) => (char === '\n' ? char : jsonEscapeOf(char)));
}

function jsonEscapeOf(char: string): string {
  return Array.from(
    { length: char.length },
    (_, unit) => `\\u${char.charCodeAt(unit).toString(16).padStart(4, '0')}`,
  ).join('');
}

function escapeOf(char: string): string {
  const hex = (char.codePointAt(0) ?? 0).toString(16);
  return hex.length > 4 ? `\\u{${hex}}` : `\\u${hex.padStart(4, '0')}`;
}

/** clip cuts text to at most `max` UTF-16 units, between characters, and ends it with `mark` when it cut. */
export function clip(text: string, max: number, mark = '…'): string {
  if (text.length <= max) return text;
  const end = Math.max(0, max - mark.length);
  return text.slice(0, isLowSurrogate(text.charCodeAt(end)) ? Math.max(0, end - 1) : end) + mark;
}

/** clipBytes cuts text to at most `max` bytes of UTF-8, between characters, and ends it with `mark` when it cut. */
export function clipBytes(text: string, max: number, mark = '…'): string {
  // A UTF-16 unit is at most three bytes, so most text needs no encoding to be known as short enough.
  if (text.length * 3 <= max) return text;
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length <= max) return text;
  let end = Math.max(0, max - Buffer.byteLength(mark));
  while (end > 0 && isContinuation(bytes[end])) end -= 1;
  return bytes.toString('utf8', 0, end) + mark;
}

/** shown makes a value from an event fit to be read: inert, on one line, and not much longer than `max`. */
export function shown(text: string, max = 500): string {
  // Clipped before it is escaped, so that a value of megabytes costs nothing; escapes may still lengthen it somewhat.
  const kept = clip(text, max, '');
  const cut = text.length - kept.length;
  return cut === 0 ? plain(kept) : `${plain(kept)}… (${cut} more characters)`;
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}
