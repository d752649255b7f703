import type { Endpoint } from './settings.ts';
import type { Answer } from './visit.ts';

/** The part of a body that is read: a probe's text belongs to the beginning. */
export const maxBodyBytes = 1_000_000;

/** bodyProblem says how a body differs from the expected one; undefined when it is right. */
export function bodyProblem(
  answer: Answer,
  { contains, json }: Pick<Endpoint, 'contains' | 'json'>,
): string | undefined {
  const encoding = answer.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') return 'it is compressed, though that was not asked for';
  const text = bodyText(answer);
  const unread = answer.cut ? `, in the ${maxBodyBytes} bytes that are read` : '';
  if (contains !== undefined && !text.includes(contains)) return `it does not contain ${shown(contains)}${unread}`;
  return json === undefined ? undefined : jsonProblem(text, json, unread);
}

/** bodyText reads a body in the character set that the server names, else as UTF-8. */
export function bodyText({ body, headers }: Pick<Answer, 'body' | 'headers'>): string {
  const charset = /charset="?([\w-]{1,40})/i.exec(headers['content-type']?.slice(0, 200) ?? '')?.[1];
  return decoder(charset).decode(body);
}

function decoder(charset: string | undefined): InstanceType<typeof TextDecoder> {
  try {
    return new TextDecoder(charset);
  } catch {
    // An unknown character set: the text to find may be ASCII.
    return new TextDecoder();
  }
}

function jsonProblem(
  text: string,
  { path, equals }: NonNullable<Endpoint['json']>,
  unread: string,
): string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return `it is not JSON${unread}`;
  }
  const found = at(value, path.split('.'));
  if (found === equals) return undefined;
  return found === undefined ? `it has no ${path}` : `its ${path} is ${shown(found)}, not ${shown(equals)}`;
}

function at(value: unknown, path: readonly string[]): unknown {
  let here = value;
  for (const step of path) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, step)) return undefined;
    here = (here as Readonly<Record<string, unknown>>)[step];
  }
  return here;
}

/** A scalar as JSON, shortened; for anything larger only its kind, since its content is unknown. */
function shown(value: unknown): string {
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object' && value !== null) return 'an object';
  return JSON.stringify(typeof value === 'string' && value.length > 80 ? `${value.slice(0, 80)}…` : value);
}
