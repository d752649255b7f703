import { describe, expect, test } from '@jest/globals';
import { openValue } from '../../../../src/ingest/open.ts';
import type { Fields } from '../../../../src/model/log-record.ts';
import { sorted } from '../reading.ts';

const origin = { path: 'x.json', index: 0, time: '2026-05-01T00:00:00.000Z', written: true } as const;
const open = (value: unknown) => sorted(openValue(value, origin));

describe('a request to a web server, as JSON, has the fields that a line of its log has', () => {
  test.each<[string, Fields, Fields]>([
    [
      'nginx, its request in one',
      {
        time_iso8601: '2026-03-01T11:00:00+01:00',
        remote_addr: '198.51.100.7',
        remote_user: '-',
        request: 'GET /.env?a=b HTTP/1.1',
        status: '404',
        body_bytes_sent: '153',
        http_referer: '-',
        http_user_agent: 'curl/8',
        http_host: 'shop.example.com',
      },
      { 'cs-uri-query': 'a=b', 'sc-bytes': 153, 'cs-host': 'shop.example.com', 'cs-username': undefined },
    ],
    [
      'nginx, its request in parts',
      {
        time_local: '01/Mar/2026:10:00:00 +0000',
        remote_addr: '198.51.100.7',
        request_method: 'GET',
        request_uri: '/.env?a=b',
        server_protocol: 'HTTP/2.0',
        status: 404,
        http_user_agent: 'curl/8',
      },
      { 'cs-uri-query': 'a=b', 'cs-version': 'HTTP/2.0' },
    ],
    [
      'Caddy',
      {
        ts: 1772359200,
        request: {
          remote_ip: '198.51.100.7',
          remote_port: '1',
          proto: 'HTTP/2.0',
          method: 'GET',
          host: 'x',
          uri: '/.env',
          headers: {},
        },
        status: 404,
        size: 7,
        user_agent: 'curl/8',
      },
      { 'cs-host': 'x', 'sc-bytes': 7, 'cs-version': 'HTTP/2.0' },
    ],
    [
      'Traefik',
      {
        StartUTC: '2026-03-01T10:00:00Z',
        ClientHost: '198.51.100.7',
        RequestMethod: 'GET',
        RequestPath: '/.env',
        RequestProtocol: 'HTTP/1.1',
        DownstreamStatus: 404,
        'request_User-Agent': 'curl/8',
      },
      { 'cs-version': 'HTTP/1.1' },
    ],
    [
      'Envoy, with a port',
      {
        start_time: '2026-03-01T10:00:00.000Z',
        downstream_remote_address: '198.51.100.7:4711',
        method: 'GET',
        path: '/.env',
        response_code: 404,
        user_agent: 'curl/8',
      },
      {},
    ],
    [
      'ECS',
      {
        '@timestamp': '2026-03-01T10:00:00.000Z',
        source: { address: '198.51.100.7' },
        http: { request: { method: 'GET' }, response: { status_code: 404 } },
        url: { original: '/.env' },
        user_agent: { original: 'curl/8' },
      },
      {},
    ],
    [
      'API Gateway',
      {
        requestTime: '01/Mar/2026:10:00:00 +0000',
        ip: '198.51.100.7',
        httpMethod: 'GET',
        path: '/.env',
        status: '404',
        protocol: 'HTTP/1.1',
        userAgent: 'curl/8',
      },
      {},
    ],
  ])('%s', (_name, value, more) => {
    const { records, failures } = open(value);
    expect(failures).toEqual([]);
    expect(records).toMatchObject([
      {
        time: '2026-03-01T10:00:00.000Z',
        source: { product: 'unknown', services: ['access'], category: 'webserver' },
        fields: {
          'c-ip': '198.51.100.7',
          'cs-method': 'GET',
          'cs-uri-stem': '/.env',
          'sc-status': 404,
          'cs-user-agent': 'curl/8',
        },
      },
    ]);
    for (const [name, one] of Object.entries(more)) expect(records[0]?.fields[name]).toEqual(one);
  });

  test.each<[string, Fields]>([
    ["an application's own event", { time: '2026-03-01T10:00:00Z', status: 404, path: '/x', message: 'not found' }],
    ['no address', { time: '2026-03-01T10:00:00Z', client: 'me', method: 'GET', path: '/', status: 200 }],
    ['no status', { time: '2026-03-01T10:00:00Z', ip: '192.0.2.1', method: 'GET', path: '/', status: 'ok' }],
  ])('%s is none', (_name, value) => {
    expect(open(value).records.map(({ source }) => source.services)).toEqual([['json']]);
  });

  test('without a time, when the file was written says nothing of the request', () => {
    expect(open({ ip: '192.0.2.1', method: 'GET', path: '/', status: 200 }).failures).toEqual([
      'request of a web server without a time',
    ]);
  });
});
