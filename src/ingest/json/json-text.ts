import { messageOf } from '../../text/system-error.ts';

/** ParsedJson is a parsed text or the reason it isn't one. */
export type ParsedJson =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly reason: string };

/** Deeper than anything AWS writes, and far below what would exhaust the stack of those who walk a record. */
export const maxDepth = 100;

/** parseJson reads a JSON text that may be hostile: nested deeper than `maxDepth` is refused before parsing. It never throws. */
export function parseJson(text: string): ParsedJson {
  if (isDeeper(text, maxDepth)) return { ok: false, reason: `nested deeper than ${maxDepth} levels` };
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch (error) {
    return { ok: false, reason: `not valid JSON: ${explainJsonError(error)}` };
  }
}

/** explainJsonError shortens V8's message, which may quote the whole input. */
export function explainJsonError(error: unknown): string {
  const message = messageOf(error);
  if (message.startsWith('Unexpected end') || message.startsWith('Unterminated'))
    return 'it ends in the middle (cut off)';
  const [what] = message.split(', "', 1);
  return (what ?? message).slice(0, 120);
}

/** isDeeperValue says whether a parsed value nests deeper than `limit`, without recursion. */
export function isDeeperValue(value: unknown, limit: number = maxDepth): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > limit) return true;
    const next: unknown[] = [];
    for (const item of level) {
      if (typeof item !== 'object' || item === null) continue;
      for (const inner of Object.values(item)) if (typeof inner === 'object' && inner !== null) next.push(inner);
    }
    level = next;
  }
  return false;
}

function isDeeper(text: string, limit: number): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case 0x22:
        at = endOfString(text, at + 1);
        break;
      case 0x7b:
      case 0x5b:
        if (++depth > limit) return true;
        break;
      case 0x7d:
      case 0x5d:
        depth--;
        break;
      default:
    }
  }
  return false;
}

/** The index of the quote that closes a string, or the text's length. */
function endOfString(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x5c) at++;
    else if (code === 0x22) return at;
  }
  return text.length;
}
