import { isIP } from 'node:net';
import type { Fields, Ingested } from '../../model/log-record.ts';
import { storeTime } from '../../time/store-time.ts';
import { requestFields, webAccess } from '../formats/web-access.ts';
import type { LineFields } from '../formats/text-format.ts';
import { distinctId, failure, isObject, plainOrigin, record } from '../ingested.ts';
import type { OpenOrigin } from '../ingested.ts';
import { valueAt } from './spellings/paths.ts';

/**
 * What web servers and proxies call each part of a request in an access log of JSON: nginx's and Apache's variables, Caddy,
 * Traefik, Envoy, API Gateway, ECS. The first name that is there counts; a new one is a name here.
 */
const names = {
  time: [
    'time',
    'time_iso8601',
    '@timestamp',
    'timestamp',
    'time_local',
    'ts',
    'msec',
    'StartUTC',
    'start_time',
    'requestTime',
  ],
  client: [
    'remote_addr',
    'client_ip',
    'clientip',
    'remote_ip',
    'remoteIp',
    'request.remote_ip',
    'request.client_ip',
    'ClientHost',
    'downstream_remote_address',
    'source.ip',
    'source.address',
    'client',
    'ip',
  ],
  request: ['request', 'request_line', 'requestLine'],
  method: ['request_method', 'method', 'request.method', 'RequestMethod', 'http.request.method', 'httpMethod', 'verb'],
  uri: ['request_uri', 'request.uri', 'RequestPath', 'url.original', 'uri', 'path', 'url', 'resourcePath'],
  query: ['args', 'query_string', 'query', 'url.query'],
  version: ['server_protocol', 'request.proto', 'RequestProtocol', 'protocol'],
  status: [
    'status',
    'response_code',
    'DownstreamStatus',
    'http.response.status_code',
    'status_code',
    'response',
    'code',
  ],
  bytes: [
    'body_bytes_sent',
    'bytes_sent',
    'size',
    'DownstreamContentSize',
    'bytes',
    'http.response.body.bytes',
    'responseLength',
  ],
  referer: ['http_referer', 'http_referrer', 'referer', 'referrer', 'request_Referer', 'http.request.referrer'],
  agent: ['http_user_agent', 'user_agent', 'userAgent', 'agent', 'request_User-Agent', 'user_agent.original'],
  user: ['remote_user', 'user', 'ClientUsername', 'user_id', 'user.name'],
  host: ['http_host', 'host', 'request.host', 'RequestHost', 'server_name', 'vhost', 'url.domain'],
} as const;

const statusKeys = [...new Set(names.status.flatMap((name) => [name, name.split('.', 1)[0] ?? name]))];

/** isWebAccess recognises one request in an access log of JSON: an address, a method and a URI, and the status of the answer. */
export function isWebAccess(value: Fields): boolean {
  // Each status name begins with one of these keys; most objects have none of them.
  if (!statusKeys.some((key) => key in value)) return false;
  return statusOf(value) !== undefined && clientOf(value) !== undefined && requestOf(value) !== undefined;
}

/** openWebAccess adds the fields that a line of an access log has. */
export function* openWebAccess(value: Fields, origin: OpenOrigin): Iterable<Ingested> {
  const own = names.time.map((name) => storeTime(valueAt(value, name))).find((found) => found !== undefined);
  const time = own ?? (origin.written === true ? undefined : origin.time);
  if (time === undefined) {
    yield failure(origin, 'request of a web server without a time');
    return;
  }
  const { account, region } = origin;
  yield record({
    id: origin.id ?? distinctId([JSON.stringify(value)], origin),
    time,
    source: webAccess,
    fields: { ...value, ...fieldsOf(value) },
    origin: plainOrigin(origin),
    ...(account !== undefined && { account }),
    ...(region !== undefined && { region }),
  });
}

function fieldsOf(value: Fields): LineFields {
  const [client, status] = [clientOf(value), statusOf(value)];
  const bytes = Number(first(value, names.bytes) ?? Number.NaN);
  const texts = {
    'cs-username': first(value, names.user),
    'cs-host': first(value, names.host),
    'cs-referer': first(value, names.referer),
    'cs-user-agent': first(value, names.agent),
  };
  return {
    ...(client !== undefined && { 'c-ip': client }),
    ...requestOf(value),
    ...(status !== undefined && { 'sc-status': status }),
    ...(Number.isInteger(bytes) && bytes >= 0 && { 'sc-bytes': bytes }),
    ...Object.fromEntries(
      Object.entries(texts).filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== '-'),
    ),
  };
}

function requestOf(value: Fields): LineFields | undefined {
  const line = first(value, names.request);
  if (line !== undefined && / HTTP\/\d/.test(line)) return requestFields(line);
  const [method, uri] = [first(value, names.method), first(value, names.uri)];
  if (method === undefined || uri === undefined || !/^[A-Z]{3,16}$/.test(method) || !/^[/*h]/.test(uri))
    return undefined;
  const query = first(value, names.query);
  const whole = query === undefined || query === '-' || uri.includes('?') ? uri : `${uri}?${query}`;
  const version = first(value, names.version);
  return requestFields(`${method} ${whole} ${version?.startsWith('HTTP/') === true ? version : 'HTTP/1.1'}`);
}

function clientOf(value: Fields): string | undefined {
  for (const name of names.client) {
    const found = valueAt(value, name);
    if (typeof found !== 'string' || found.length > 60) continue;
    // Envoy and Go write the port behind the address.
    const address = isIP(found) === 0 ? found.replace(/:\d{1,5}$/, '').replace(/^\[(.*)\]$/, '$1') : found;
    if (isIP(address) !== 0) return address;
  }
  return undefined;
}

function statusOf(value: Fields): number | undefined {
  for (const name of names.status) {
    const status = Number(valueAt(value, name) ?? Number.NaN);
    if (Number.isInteger(status) && status >= 100 && status < 600) return status;
  }
  return undefined;
}

function first(value: Fields, of: readonly string[]): string | undefined {
  for (const name of of) {
    const found = valueAt(value, name);
    if (typeof found === 'string' && found !== '') return found;
    if (typeof found === 'number') return String(found);
    if (isObject(found)) continue;
  }
  return undefined;
}
