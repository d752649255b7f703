import type { RecordSource } from '../../model/log-record.ts';
import { isIP } from 'node:net';
import { dateAt } from './clock/stamp.ts';
import type { LineFields, LineReader } from './text-format.ts';

/** webAccess is the log source of requests to web servers. */
export const webAccess: RecordSource = { product: 'unknown', services: ['access'], category: 'webserver' };

/**
 * readWebAccess reads nginx's and Apache's combined and common log: `192.0.2.1 - alice [10/Oct/2025:13:55:36 +0000] "GET /a?b HTTP/1.1"
 * 200 2326 "https://from.example/" "curl/8"`, also with a virtual host before it and more quoted values behind. Fields are
 * named as Sigma's taxonomy names those of the category `webserver`.
 * https://httpd.apache.org/docs/2.4/logs.html#combined
 */
export const readWebAccess: LineReader = (line) => {
  const open = line.indexOf(' [');
  // Names and addresses are short; a line in which the time begins later has another format.
  if (open === -1 || open > 600 || line.charAt(open + 28) !== ']') return undefined;
  const time = accessTime(line.slice(open + 2, open + 28));
  const people = line.slice(0, open).split(' ');
  if (time === undefined || people.length < 3 || !line.startsWith(' "', open + 29)) return undefined;
  const virtualHost =
    isIP(people[0] ?? '') === 0 && people.length > 3 && isIP(people[1] ?? '') > 0 ? people.shift() : undefined;
  // A user's name may hold spaces: it takes the remaining words.
  const [client = '', , ...names] = people;
  const user = names.join(' ');
  const request = quotedAt(line, open + 30);
  if (request === undefined) return undefined;
  const numbers = /^ (\d{3}) (\d{1,15}|-)(?= |$)/.exec(line.slice(request.end, request.end + 24));
  if (numbers === null) return undefined;
  const [head, status, bytes] = numbers;
  const referer = quotedAt(line, request.end + head.length + 1);
  const agent = referer === undefined ? undefined : quotedAt(line, referer.end + 1);
  return {
    time,
    source: webAccess,
    fields: {
      message: line,
      'c-ip': client,
      ...(user !== '-' && { 'cs-username': user }),
      ...requestFields(request.value),
      'sc-status': Number(status),
      ...(bytes !== '-' && { 'sc-bytes': Number(bytes) }),
      ...(virtualHost !== undefined && { 'cs-host': virtualHost }),
      ...(referer !== undefined && referer.value !== '-' && { 'cs-referer': referer.value }),
      ...(agent !== undefined && agent.value !== '-' && { 'cs-user-agent': agent.value }),
    },
  };
};

/** `GET /index.html?a=b HTTP/1.1`; what isn't written so, a port scanner's bytes say, is the URI as a whole. */
export function requestFields(request: string): LineFields {
  const method = request.indexOf(' ');
  const version = request.lastIndexOf(' HTTP/');
  if (method === -1 || version < method || !/^[A-Za-z]{1,32}$/.test(request.slice(0, method)))
    return { 'cs-uri': request };
  const uri = request.slice(method + 1, version);
  const query = uri.indexOf('?');
  return {
    'cs-method': request.slice(0, method),
    'cs-uri': uri,
    'cs-uri-stem': query === -1 ? uri : uri.slice(0, query),
    ...(query !== -1 && { 'cs-uri-query': uri.slice(query + 1) }),
    'cs-version': request.slice(version + 1),
  };
}

/** What stands between quotes at a place; `\"` doesn't end it, and nginx writes `\x22` for a quote. */
function quotedAt(line: string, at: number): { readonly value: string; readonly end: number } | undefined {
  if (line.charAt(at) !== '"') return undefined;
  for (let end = at + 1; end < line.length; end++) {
    const char = line.charAt(end);
    if (char === '\\') end++;
    else if (char === '"') return { value: unescaped(line.slice(at + 1, end)), end: end + 1 };
  }
  return undefined;
}

function unescaped(text: string): string {
  return text.includes('\\') ? text.replaceAll(/\\(?:x22|")/g, '"').replaceAll(/\\(?:x5C|\\)/g, '\\') : text;
}

/** `10/Oct/2025:13:55:36 +0000`. */
function accessTime(text: string): string | undefined {
  const found = dateAt(text, 0, undefined);
  return found?.end === text.length ? found.time : undefined;
}
