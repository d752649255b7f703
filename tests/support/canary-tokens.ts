/** Every token begins so, and nothing else does. */
export const tokenMark = 'cAnArY';

/**
 * tainted puts a token of its own into every text of an event, also into a key beside each map's own, but for the fields that
 * are named: those by which an event is recognised, and ids that logs may hold. Texts that stand for JSON are tainted inside.
 */
export function tainted<T>(value: T, kept: ReadonlySet<string>, name = ''): T {
  return taint(value, kept, name) as T;
}

let tokens = 0;

/** token is a text that is found again wherever it goes. */
export function token(): string {
  return `${tokenMark}${++tokens}`;
}

function taint(value: unknown, kept: ReadonlySet<string>, name: string): unknown {
  if (typeof value === 'string') return kept.has(name) ? value : taintText(value);
  if (Array.isArray(value)) return value.map((one) => taint(one, kept, name));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, each]) => [key, taint(each, kept, key)] as const);
  return { ...Object.fromEntries(entries), [token()]: token() };
}

/** At the end, so that prefixes by which rules and formats go still fit; and in front of what comes last in an ARN or a path. */
function taintText(text: string): string {
  return `${text}-${token()}`;
}
