import type { Pattern } from '../expr.ts';

/** Encoding is how the bytes of a value are written before base64. `utf16` is little-endian with a byte order mark. */
export type Encoding = 'utf8' | 'utf16le' | 'utf16be' | 'utf16';

/** base64Of writes text in base64. */
export function base64Of(text: string, encoding: Encoding): string {
  return bytesOf(text, encoding).toString('base64');
}

/**
 * offsetBase64Of writes the parts of text's base64 that stay the same wherever the text stands in the encoded bytes: one
 * for each of the three places that it can have in a group of three bytes.
 */
export function offsetBase64Of(text: string, encoding: Encoding): readonly string[] {
  const bytes = bytesOf(text, encoding);
  // Characters at the start that also hold bits of what stands before, and at the end of what follows, are cut off.
  const starts = [0, 2, 3];
  const cuts = [0, 3, 2];
  return starts.map((start, offset) => {
    const whole = Buffer.concat([Buffer.alloc(offset, 0x20), bytes]).toString('base64');
    return whole.slice(start, whole.length - (cuts[(bytes.length + offset) % 3] ?? 0));
  });
}

/** encodedPattern writes a pattern whose encoding no base64 followed: a zero byte beside each ASCII character. */
export function encodedPattern(pattern: Pattern, encoding: Encoding): Pattern | undefined {
  if (encoding === 'utf8') return pattern;
  const parts = pattern.map((part) => {
    if (typeof part !== 'string') return part;
    if (!isAscii(part)) return undefined;
    return part.replaceAll(/[^]/g, encoding === 'utf16be' ? '\0$&' : '$&\0');
  });
  if (parts.includes(undefined)) return undefined;
  const whole = parts.filter((part) => part !== undefined);
  return encoding === 'utf16' ? ['\uFEFF', ...whole] : whole;
}

function isAscii(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) if (text.charCodeAt(index) > 0x7f) return false;
  return true;
}

function bytesOf(text: string, encoding: Encoding): Buffer {
  switch (encoding) {
    case 'utf8':
      return Buffer.from(text, 'utf8');
    case 'utf16le':
      return Buffer.from(text, 'utf16le');
    case 'utf16be':
      return Buffer.from(text, 'utf16le').swap16();
    case 'utf16':
      return Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]);
    default:
      throw new Error(encoding satisfies never);
  }
}
