import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { probeAll } from '../../../src/probe/probe.ts';
import { runOf } from '../../../src/probe/run.ts';
import type { Endpoint } from '../../../src/probe/settings.ts';
import type { Fields, LogRecord } from '../../../src/model/log-record.ts';
import { selfSigned } from '../../support/certificate.ts';
import { localNetwork, startSite, type LocalSite, type LocalNetwork } from './local-site.ts';

const run = { id: 'b0c7f1e2-6d1e-4a43-9a53-2f0f5a3c7d11', time: '2026-03-11T09:00:00.000Z' };
const hour = 3_600_000;
const certificate = selfSigned(
  ['secure.test'],
  new Date(Date.now() - hour),
  // Twelve and a half days after the run, by the run's own clock, wherever today is.
  new Date(Math.max(Date.parse(run.time) + 300 * hour, Date.now() + hour)),
);
const certificateEnds = Math.max(Date.parse(run.time) + 300 * hour, Date.now() + hour);

let site: LocalSite;
let secure: LocalSite;
beforeAll(async () => {
  site = await startSite((request, response) => {
    switch (request.url ?? '') {
      case '/health':
        response.setHeader('content-type', 'application/json');
        response.end('{"state":"up","checks":[{"name":"db","state":"down"}],"n":3,"none":null}');
        break;
      case '/latin':
        response.setHeader('content-type', 'text/html; charset=iso-8859-1');
        response.end(Buffer.from('Grüße', 'latin1'));
        break;
      case '/zipped':
        response.setHeader('content-encoding', 'gzip');
        response.end('…');
        break;
      case '/page':
        response.end(
          `<a href="/health">ok</a> <a href="/gone">gone</a> <a href="/login">login</a> <a href="/error">error</a>
           <a href="http://127.0.0.1:9/">inner</a> <a href="http://nowhere.test/">no name</a>
           <a href="http://other.test:${site.port}/gone">other</a> <img src="/moved">`,
        );
        break;
      case '/stuck':
        response.end('<a href="/silent">');
        break;
      case '/silent':
        break;
      case '/slow':
        setTimeout(() => response.end('at last'), 40);
        break;
      case '/moved':
        response.writeHead(301, { location: '/health' }).end();
        break;
      case '/login':
        response.writeHead(401).end();
        break;
      case '/error':
        response.writeHead(500).end();
        break;
      default:
        response.writeHead(404).end('no such page');
    }
  });
  secure = await startSite((_request, response) => response.end('fine'), { certificate });
});
afterAll(() => {
  site.close();
  secure.close();
});

function network(): LocalNetwork {
  const somewhere = [['93.184.215.14']];
  return localNetwork({ 'shop.test': somewhere, 'secure.test': somewhere, 'other.test': somewhere }, certificate.cert);
}

const limits = { slowMs: 3_000, timeoutMs: 10_000, redirects: 5, links: 'none' } as const;

async function seenOf(endpoint: Partial<Endpoint>, path = '/health'): Promise<Fields> {
  const url = `http://shop.test:${site.port}${path}`;
  const settings = { allow: [], endpoints: [{ name: 'shop', url, ...limits, ...endpoint }] };
  const [item] = await probeAll(settings, run, network());
  if (item?.kind !== 'record') throw new Error(`no record: ${JSON.stringify(item)}`);
  return item.record.fields;
}

describe('a record of a check', () => {
  test('says what was asked, and that it went well', async () => {
    const fields = await seenOf({});
    expect(fields).toEqual({
      action: 'endpoint checked',
      endpoint: 'shop',
      url: `http://shop.test:${site.port}/health`,
      final_url: `http://shop.test:${site.port}/health`,
      outcome: 'success',
      up: true,
      attempts: 1,
      status: 200,
      dst_ip: '127.0.0.1',
      redirects: 0,
      slow: false,
      slow_after_ms: 3_000,
      first_byte_ms: expect.any(Number),
      total_ms: expect.any(Number),
    });
  });

  test.each([
    ['a status that is not right', '/gone', {}, { up: false, outcome: 'failure', status: 404 }],
    ['a status that is right here', '/gone', { status: [404, 410] }, { up: true, outcome: 'success', status: 404 }],
    ['a status of two hundred and some where another is right', '/health', { status: [204] }, { up: false }],
    ['a redirect that is the answer', '/moved', { status: [301], redirects: 0 }, { up: true, redirects: 0 }],
    ['a redirect that is followed', '/moved', {}, { up: true, redirects: 1, final_url: /\/health$/ }],
    ['no answer', '/silent', { timeoutMs: 100 }, { up: false, outcome: 'failure', failure: 'timeout' }],
    ['an answer that takes its time', '/slow', { slowMs: 20 }, { slow: true, up: true, outcome: 'success' }],
    ['a body that holds the text', '/health', { contains: '"state":"up"' }, { body_right: true, outcome: 'success' }],
    [
      'a body that does not hold it',
      '/health',
      { contains: 'welcome' },
      { body_right: false, outcome: 'failure', up: true, reason: /does not contain "welcome"/ },
    ],
    ['a body in another character set', '/latin', { contains: 'Grüße' }, { body_right: true }],
    ['a body that is compressed', '/zipped', { contains: 'x' }, { body_right: false, reason: /compressed/ }],
    ['JSON with the value', '/health', { json: { path: 'state', equals: 'up' } }, { body_right: true }],
    ['JSON with the number', '/health', { json: { path: 'n', equals: 3 } }, { body_right: true }],
    ['JSON with null', '/health', { json: { path: 'none', equals: null } }, { body_right: true }],
    [
      'JSON with another value',
      '/health',
      { json: { path: 'checks.0.state', equals: 'up' } },
      { body_right: false, reason: /its checks\.0\.state is "down", not "up"/ },
    ],
    [
      'JSON with text in place of a number',
      '/health',
      { json: { path: 'n', equals: '3' } },
      { body_right: false, reason: /its n is 3, not "3"/ },
    ],
    [
      'JSON with an array there',
      '/health',
      { json: { path: 'checks', equals: 'up' } },
      { body_right: false, reason: /its checks is an array/ },
    ],
    [
      'JSON without the path',
      '/health',
      { json: { path: 'constructor.name', equals: 'Object' } },
      { body_right: false, reason: /it has no constructor\.name/ },
    ],
    ['no JSON', '/latin', { json: { path: 'state', equals: 'up' } }, { body_right: false, reason: /it is not JSON/ }],
  ])('%s', async (_what, path, endpoint, expected) => {
    const fields = await seenOf(endpoint, path);
    for (const [name, value] of Object.entries(expected)) {
      if (value instanceof RegExp) expect(fields[name]).toMatch(value);
      else expect([name, fields[name]]).toEqual([name, value]);
    }
  });

  test('of an error page says nothing about the body: it is down', async () => {
    expect(Object.keys(await seenOf({ contains: 'x', links: 'all' }, '/gone'))).not.toEqual(
      expect.arrayContaining(['body_right', 'links_found']),
    );
  });

  test('names the days left of a certificate, by the time of the run', async () => {
    const fields = await seenOf({ url: `https://secure.test:${secure.port}/` });
    expect(fields).toMatchObject({
      up: true,
      certificate_days_left: Math.floor((certificateEnds - Date.parse(run.time)) / (24 * hour)),
    });
  });
});

describe('a second look', () => {
  let answers: readonly number[] = [];
  let flaky: LocalSite;
  beforeAll(async () => {
    flaky = await startSite((_request, response) => {
      const [status = 200, ...rest] = answers;
      answers = rest;
      response.writeHead(status).end();
    });
  });
  afterAll(() => flaky.close());

  test.each([
    ['is not taken when all is well', [200, 500], { attempts: 1, up: true }],
    ['is what counts when the first was not right', [500, 200], { attempts: 2, up: true, status: 200 }],
    ['confirms what lasts', [500, 503, 200], { attempts: 2, up: false, status: 503 }],
  ])('%s', async (_what, given, expected) => {
    answers = given;
    expect(await seenOf({ url: `http://shop.test:${flaky.port}/` })).toMatchObject(expected);
  });

  test('is not taken of what was refused: nothing changes by asking again', async () => {
    expect(await seenOf({ url: 'http://10.0.0.5/' })).toMatchObject({ attempts: 1, failure: 'refused' });
  });
});

describe('links', () => {
  test('are followed one level deep, and a broken one is named', async () => {
    const fields = await seenOf({ links: 'all' }, '/page');
    expect(fields).toMatchObject({ links_found: 8, links_broken: 4, links_unchecked: 1, outcome: 'success' });
    expect(fields['broken_links']).toEqual([
      `404 http://shop.test:${site.port}/gone`,
      `500 http://shop.test:${site.port}/error`,
      'name http://nowhere.test/',
      `404 http://other.test:${site.port}/gone`,
    ]);
  });

  test('to other hosts may be left out', async () => {
    expect(await seenOf({ links: 'same-host' }, '/page')).toMatchObject({ links_found: 5, links_broken: 2 });
  });

  test('that never answer are broken, and do not hold up the run', async () => {
    expect(await seenOf({ links: 'all', timeoutMs: 300 }, '/stuck')).toMatchObject({
      links_found: 1,
      broken_links: [`timeout http://shop.test:${site.port}/silent`],
    });
  });
});

describe('a run', () => {
  const endpoints = [
    { ...limits, name: 'first', url: 'http://nowhere.test/' },
    { ...limits, name: 'second', url: 'http://169.254.169.254/' },
    { ...limits, name: 'third', url: 'http://shop.test/' },
  ];
  const recordsOf = async (given: LocalNetwork, nth = run): Promise<readonly LogRecord[]> =>
    (await probeAll({ allow: [], endpoints }, nth, given)).flatMap((item) =>
      item.kind === 'record' ? [item.record] : [],
    );

  test('has a record for each endpoint, in their order, of the time it was due', async () => {
    const records = await recordsOf(network());
    expect(records.map(({ fields }) => [fields['endpoint'], fields['failure']])).toEqual([
      ['first', 'name'],
      ['second', 'refused'],
      ['third', 'connection'],
    ]);
    expect(records.map(({ time, source }) => [time, source.product, source.services])).toEqual(
      records.map(() => [run.time, 'trailwatch', ['probe']]),
    );
  });

  test('that is tried again has the same ids; another run has others', async () => {
    const [once, again, later] = await Promise.all([
      recordsOf(network()),
      recordsOf(network()),
      recordsOf(network(), { ...run, id: 'another' }),
    ]);
    const ids = (records: readonly LogRecord[]): string[] => records.map(({ id }) => id);
    expect(ids(again)).toEqual(ids(once));
    expect(new Set([...ids(once), ...ids(later)]).size).toBe(6);
  });

  test('goes on when one check breaks', async () => {
    const broken: LocalNetwork = {
      ...network(),
      elapsed: () => {
        throw new Error('no clock');
      },
    };
    const items = await probeAll({ allow: [], endpoints: endpoints.slice(0, 1) }, run, broken);
    expect(items).toEqual([
      { kind: 'failure', failure: { origin: { path: 'probe', index: 0 }, reason: 'endpoint first: no clock' } },
    ]);
  });
});

describe('the run that a schedule asks for', () => {
  const event = {
    version: '0',
    id: '53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa',
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    account: '111122223333',
    time: '2026-03-11T09:00:00Z',
    region: 'eu-west-1',
    resources: ['arn:aws:events:eu-west-1:111122223333:rule/trailwatch-dev-probe'],
    detail: {},
  };

  test('has its id, time, account and region', () => {
    const { id, account, region } = event;
    expect(runOf(event)).toEqual({ id, time: '2026-03-11T09:00:00.000Z', account, region });
  });

  test.each([
    ['nothing', undefined],
    ['an empty event', {}],
    ['a time that is none', { ...event, time: 'noon' }],
  ])('is not made of %s', (_what, given) => {
    expect(() => runOf(given)).toThrow(/expected the event of an EventBridge schedule/);
  });
});
