import { parseJson } from '../../json/json-text.ts';

/** Deeper than any identity or parameter. */
const maxDepth = 20;

interface Parsed {
  readonly value: unknown;
  readonly end: number;
}

/**
 * parseMapText reads what Athena and Java print of a struct: `{type=IAMUser, sessioncontext={attributes=null}}`, `[{arn=a}]`.
 * Nothing in it is quoted: a value ends at a closing bracket or before the next comma and blank. Undefined for any other text.
 */
export function parseMapText(text: string): unknown {
  const trimmed = text.trim();
  if (!/^[{[]/.test(trimmed)) return undefined;
  const parsed = valueAt(trimmed, 0, 0);
  return parsed?.end === trimmed.length ? parsed.value : undefined;
}

/** structOf reads a struct that became a text, JSON or as Athena prints it. Any other value stays as it is. */
export function structOf(value: unknown): unknown {
  if (value === 'null') return null;
  if (typeof value !== 'string' || !/^\s*[{[]/.test(value)) return value;
  const json = parseJson(value);
  return json.ok ? json.value : (parseMapText(value) ?? value);
}

function valueAt(text: string, from: number, depth: number): Parsed | undefined {
  if (depth > maxDepth) return undefined;
  switch (text.charAt(from)) {
    case '{':
      return mapAt(text, from, depth);
    case '[':
      return listAt(text, from, depth);
    default:
      return scalarAt(text, from);
  }
}

function mapAt(text: string, from: number, depth: number): Parsed | undefined {
  const found: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  let at = from + 1;
  if (text.charAt(at) === '}') return { value: {}, end: at + 1 };
  for (;;) {
    const name = nameAt(text, at);
    if (name === undefined) return undefined;
    const value = valueAt(text, at + name.length + 1, depth + 1);
    if (value === undefined) return undefined;
    found[name] = value.value;
    if (text.charAt(value.end) === '}') return { value: { ...found }, end: value.end + 1 };
    if (!text.startsWith(', ', value.end)) return undefined;
    at = value.end + 2;
  }
}

function listAt(text: string, from: number, depth: number): Parsed | undefined {
  const found: unknown[] = [];
  let at = from + 1;
  if (text.charAt(at) === ']') return { value: found, end: at + 1 };
  for (;;) {
    const value = valueAt(text, at, depth + 1);
    if (value === undefined) return undefined;
    found.push(value.value);
    if (text.charAt(value.end) === ']') return { value: found, end: value.end + 1 };
    if (!text.startsWith(', ', value.end)) return undefined;
    at = value.end + 2;
  }
}

/** A text up to the closing bracket around it, or to the next name or element. */
function scalarAt(text: string, from: number): Parsed {
  let end = from;
  while (end < text.length) {
    const char = text.charAt(end);
    if (char === '}' || char === ']') break;
    if (char === ',' && text.charAt(end + 1) === ' ') break;
    end++;
  }
  const value = text.slice(from, end);
  return { value: value === 'null' ? null : value, end };
}

/** The name in front of `=`. */
function nameAt(text: string, at: number): string | undefined {
  const sign = text.slice(at, at + 200).indexOf('=');
  const name = sign < 1 ? '' : text.slice(at, at + sign);
  return /^[\w.:/@-]+$/.test(name) ? name : undefined;
}
