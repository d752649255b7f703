import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { dialPinned } from '../../../src/probe/connect.ts';
import { visit, type Visit, type TimedNetwork } from '../../../src/probe/visit.ts';
import { selfSigned } from '../../support/certificate.ts';
import { localNetwork, startSite, type LocalSite } from './local-site.ts';

const options = { timeoutMs: 2_000, redirects: 3, maxBytes: 1_000, allowed: new Set<string>() };
const day = 86_400_000;
// Certificates count in seconds.
const now = Math.floor(Date.now() / 1000) * 1000;
const fromNow = (days: number): Date => new Date(now + days * day);
const valid = selfSigned(['secure.test'], fromNow(-1), fromNow(20));
const ended = selfSigned(['secure.test'], fromNow(-40), fromNow(-10));

let plain: LocalSite;
const sites: LocalSite[] = [];
beforeAll(async () => {
  plain = await startSite((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    switch (pathname) {
      case '/redirect':
        response
          .writeHead(302, { location: Buffer.from(searchParams.get('to') ?? '').toString('latin1') })
          .end('moved');
        break;
      case '/loop':
        response.writeHead(301, { location: '/loop' }).end();
        break;
      case '/silent':
        break;
      case '/slow-body':
        response.write('begun');
        break;
      case '/drip':
        drip(() => response.write('.'), 20);
        break;
      case '/endless': {
        const more = (): void => {
          while (!response.destroyed && response.write('x'.repeat(64_000)));
          if (!response.destroyed) response.once('drain', more);
        };
        more();
        break;
      }
      case '/broken-off':
        response.writeHead(200, { 'content-length': '100' });
        response.write('half');
        setTimeout(() => response.destroy(), 20);
        break;
      case '/huge-head':
        response.writeHead(200, { 'x-large': 'x'.repeat(30_000) }).end();
        break;
      case '/upgrade':
        response.writeHead(101, { connection: 'upgrade', upgrade: 'chat' }).end();
        break;
      case '/cookie':
        response.writeHead(302, { 'set-cookie': 'session=1', location: '/' }).end();
        break;
      default:
        response.end('fine');
    }
  });
  sites.push(plain);
});
afterAll(() => {
  for (const site of sites) site.close();
});

/** A public address: tests dial this machine in its place. */
const publicAddress = '93.184.215.14';
const shop = { 'shop.test': [[publicAddress]] };

function at(path: string, port = plain.port, network: TimedNetwork = localNetwork(shop)): Promise<Visit> {
  return visit(new URL(`http://shop.test:${port}${path}`), options, network);
}

describe('an answer', () => {
  test('has its status, body, address and times', async () => {
    const seen = await at('/');
    expect(seen).toMatchObject({ kind: 'answer', status: 200, redirects: 0, cut: false });
    if (seen.kind !== 'answer') return;
    expect(seen.body.toString()).toBe('fine');
    expect(seen.firstByteMs).toBeGreaterThanOrEqual(0);
    expect(seen.totalMs).toBeGreaterThanOrEqual(seen.firstByteMs);
  });

  test('is asked for without anything that says who asks', async () => {
    plain.requests.length = 0;
    await at('/cookie');
    expect(plain.requests.map(({ url }) => url)).toEqual(['/cookie', '/']);
    for (const { headers } of plain.requests) {
      expect(Object.keys(headers).toSorted()).toEqual([
        'accept',
        'accept-encoding',
        'connection',
        'host',
        'user-agent',
      ]);
    }
  });

  test('is read up to a limit, however much is sent', async () => {
    const seen = await at('/endless');
    expect(seen).toMatchObject({ kind: 'answer', cut: true });
    expect(seen.kind === 'answer' && seen.body.length).toBe(options.maxBytes);
  });

  test('is not read at all when only its status matters', async () => {
    const seen = await visit(
      new URL(`http://shop.test:${plain.port}/endless`),
      { ...options, maxBytes: 0 },
      localNetwork(shop),
    );
    expect(seen).toMatchObject({ kind: 'answer', status: 200, body: Buffer.alloc(0) });
  });
});

describe('no answer, and why', () => {
  test.each([
    ['a server that says nothing', '/silent', 'timeout', /did not answer in time/],
    ['a body that stops', '/slow-body', 'timeout', /did not finish its answer in time/],
    ['a body that drips for ever', '/drip', 'timeout', /did not finish its answer in time/],
    ['a body that breaks off', '/broken-off', 'protocol', /broke off its answer: ECONNRESET/],
    ['a head that is too large', '/huge-head', 'protocol', /did not answer with HTTP: HPE_HEADER_OVERFLOW/],
    ['a server that speaks something else', '/upgrade', 'protocol', /another protocol/],
    ['redirects in a circle', '/loop', 'redirect', /more than 3 redirects/],
    ['a redirect to a file', '/redirect?to=file:///etc/passwd', 'redirect', /redirected to file:/],
    ['a redirect to no address', '/redirect?to=http://[', 'redirect', /redirects to an invalid address/],
    ['a redirect with a password', '/redirect?to=http://a:b@shop.test/', 'redirect', /name or password in the address/],
    [
      'a redirect to an unknown name',
      '/redirect?to=http://nowhere.test/',
      'name',
      /nowhere.test could not be resolved/,
    ],
  ])('%s', async (_what, path, reason, message) => {
    const began = performance.now();
    const seen = await visit(
      new URL(`http://shop.test:${plain.port}${path}`),
      { ...options, timeoutMs: 300 },
      localNetwork(shop),
    );
    expect(seen).toMatchObject({ kind: 'no-answer', reason, message: expect.stringMatching(message) });
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  test('a name server that says nothing', async () => {
    const network = { ...localNetwork({}), resolve: () => new Promise<never>(() => {}) };
    expect(await visit(new URL('http://shop.test/'), { ...options, timeoutMs: 50 }, network)).toMatchObject({
      kind: 'no-answer',
      reason: 'timeout',
      message: expect.stringMatching(/name server/),
    });
  });

  test('nobody listens', async () => {
    const closed = await startSite((_request, response) => response.end());
    closed.close();
    expect(await at('/', closed.port)).toMatchObject({
      reason: 'connection',
      message: expect.stringMatching(/ECONNREFUSED/),
    });
  });

  test('something that is no web server', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.end('SSH-2.0-OpenSSH_9.6\r\n');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    expect(await at('/', port)).toMatchObject({ kind: 'no-answer', reason: 'protocol' });
    server.close();
  });
});

describe('what a probe must not reach', () => {
  test.each([
    ['metadata by its address', 'http://169.254.169.254/latest/meta-data/', /169\.254\.169\.254 is a cloud's metadata/],
    ['an address as one number', 'http://2130706433/', /127\.0\.0\.1 is a loopback/],
    ['an address in octal digits', 'http://0177.0.0.1/', /127\.0\.0\.1 is a loopback/],
    ['a short address', 'http://127.1/', /127\.0\.0\.1 is a loopback/],
    [
      'an address in escaped full-width digits',
      'http://%EF%BC%91%EF%BC%92%EF%BC%97.0.0.1/',
      /127\.0\.0\.1 is a loopback/,
    ],
    ['IPv6 loopback', 'http://[::1]/', /::1 is a loopback/],
    ['a mapped address', 'http://[::ffff:169.254.169.254]/', /IPv4 address in IPv6 form/],
    ['a name of a private address', 'http://inner.test/', /inner.test stands for 10\.0\.0\.5, which is a private/],
    ['a name of which one address is private', 'http://both.test/', /both.test stands for 10\.0\.0\.5/],
  ])('%s', async (_what, url, message) => {
    const names = { 'inner.test': [['10.0.0.5']], 'both.test': [[publicAddress, '10.0.0.5']] };
    const [direct, redirected] = [localNetwork(names), localNetwork({ ...names, ...shop })];
    const refused = { kind: 'no-answer', reason: 'refused', message: expect.stringMatching(message) };
    expect(await visit(new URL(url), options, direct)).toMatchObject(refused);
    expect(direct.dialled).toEqual([]);
    // And just as little by a detour.
    expect(await at(`/redirect?to=${encodeURIComponent(url)}`, plain.port, redirected)).toMatchObject(refused);
    expect(redirected.dialled).toEqual([publicAddress]);
  });

  test('a name whose answer changes after the check: it is resolved once, and dialled as checked', async () => {
    const rebinding = localNetwork({ 'shop.test': [[publicAddress], ['127.0.0.1']] });
    expect(await at('/', plain.port, rebinding)).toMatchObject({ kind: 'answer', status: 200 });
    expect(rebinding.resolved).toEqual(['shop.test']);
    expect(rebinding.dialled).toEqual([publicAddress]);
  });

  test('a name whose answer changes between redirects: each is checked anew', async () => {
    const rebinding = localNetwork({ 'shop.test': [[publicAddress], ['127.0.0.1']] });
    expect(await at('/redirect?to=/', plain.port, rebinding)).toMatchObject({ reason: 'refused', redirects: 1 });
    expect(rebinding.dialled).toEqual([publicAddress]);
  });

  test('the dialled connection goes to the pinned address, not where the name would lead', async () => {
    const other = await startSite((_request, response) => response.end('other'), { host: '127.0.0.2' });
    sites.push(other);
    const network = { ...localNetwork({ 'site.test': [['127.0.0.2'], ['127.0.0.1']] }), dial: dialPinned };
    const seen = await visit(
      new URL(`http://site.test:${other.port}/`),
      { ...options, allowed: new Set(['site.test']) },
      network,
    );
    expect(seen).toMatchObject({ kind: 'answer', address: '127.0.0.2', body: Buffer.from('other') });
  });
});

describe('certificates', () => {
  const secure = { 'secure.test': [[publicAddress]], 'other.test': [[publicAddress]] };

  test('a valid one has its end in the record', async () => {
    const site = await startSite((_request, response) => response.end('fine'), { certificate: valid });
    sites.push(site);
    const seen = await visit(new URL(`https://secure.test:${site.port}/`), options, localNetwork(secure, valid.cert));
    expect(seen).toMatchObject({ kind: 'answer', status: 200, certificateEnds: fromNow(20).toISOString() });
  });

  test.each([
    ['one that has ended', ended, ended.cert, 'secure.test', /CERT_HAS_EXPIRED/, fromNow(-10)],
    ['one that nobody vouches for', valid, undefined, 'secure.test', /DEPTH_ZERO_SELF_SIGNED_CERT/, fromNow(20)],
    ['one for another name', valid, valid.cert, 'other.test', /ERR_TLS_CERT_ALTNAME_INVALID/, fromNow(20)],
  ])('%s is refused, and nothing is asked', async (_what, certificate, trusted, host, message, certificateEnds) => {
    const site = await startSite((_request, response) => response.end('fine'), { certificate });
    sites.push(site);
    const seen = await visit(new URL(`https://${host}:${site.port}/`), options, localNetwork(secure, trusted));
    expect(seen).toMatchObject({
      kind: 'no-answer',
      reason: 'tls',
      message: expect.stringMatching(message),
      certificateEnds: certificateEnds.toISOString(),
    });
    expect(site.requests).toEqual([]);
  });

  test('a server that does not encrypt is no answer', async () => {
    const seen = await visit(new URL(`https://secure.test:${plain.port}/`), options, localNetwork(secure));
    expect(seen).toMatchObject({ kind: 'no-answer', reason: 'tls' });
  });
});

function drip(write: () => boolean, everyMs: number): void {
  const timer = setInterval(() => {
    if (!write()) clearInterval(timer);
  }, everyMs);
  setTimeout(() => clearInterval(timer), 2_000).unref();
  timer.unref();
}
