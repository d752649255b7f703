import { describe, expect, test } from '@jest/globals';
import { layConfigurations } from '../../../src/config/configuration.ts';
import { parseConfiguration } from '../../../src/config/load-configuration.ts';
import type { ProbeSettings } from '../../../src/probe/settings.ts';

const shop = { name: 'shop', url: 'https://shop.example.com/health' };
const limits = { slowMs: 3_000, timeoutMs: 10_000, redirects: 5, links: 'none' };

/** JSON is YAML. */
const parse = (probes: unknown) => parseConfiguration(JSON.stringify({ probes }), 'config/dev.yml');

function settings(...layers: readonly unknown[]): ProbeSettings {
  return layConfigurations(
    layers.map((layer) => {
      const { layer: checked, problems } = parse(layer);
      expect(problems).toEqual([]);
      return checked;
    }),
  ).probes;
}

test('no section is no endpoints', () => {
  expect(layConfigurations([]).probes).toEqual({ allow: [], endpoints: [] });
});

test('an endpoint of a name and an address has sensible limits', () => {
  expect(settings({ endpoints: [shop] })).toEqual({ allow: [], endpoints: [{ ...shop, ...limits }] });
});

test('one status is a list of one, and hosts are written one way', () => {
  const { allow, endpoints } = settings({
    allow: ['Intranet.Example.com.', '[FD12:0::1]'],
    endpoints: [{ ...shop, status: 204 }],
  });
  expect(allow).toEqual(['intranet.example.com', 'fd12::1']);
  expect(endpoints[0]?.status).toEqual([204]);
});

test("a stage's endpoint takes the place of one of the same name; the others stay", () => {
  const blog = { name: 'blog', url: 'https://blog.example.com/' };
  const own = { ...shop, url: 'https://dev.shop.example.com/' };
  const { allow, endpoints } = settings(
    { allow: ['one.test'], endpoints: [shop, blog] },
    { allow: ['two.test'], endpoints: [own] },
  );
  expect(allow).toEqual(['one.test', 'two.test']);
  expect(endpoints.map(({ url }) => url)).toEqual([blog.url, own.url]);
});

describe('refused, with its place', () => {
  test.each([
    ['a misspelled key', { endpoints: [{ ...shop, timeout: 5 }] }, /endpoints\.0\.timeout: unknown key/],
    ['a misspelled section', { endpoint: [shop] }, /probes\.endpoint: unknown key/],
    ['no name', { endpoints: [{ url: shop.url }] }, /endpoints\.0\.name: is missing/],
    ['two of one name', { endpoints: [shop, shop] }, /endpoints: has two entries of one name/],
    ['no address', { endpoints: [{ ...shop, url: 'shop' }] }, /endpoints\.0\.url: not a web address/],
    ['a file', { endpoints: [{ ...shop, url: 'file:///etc/passwd' }] }, /endpoints\.0\.url: must begin with https/],
    [
      'a password',
      { endpoints: [{ ...shop, url: 'https://a:b@shop.test/' }] },
      /must not hold a user name or password/,
    ],
    [
      'a timeout longer than a run',
      { endpoints: [{ ...shop, timeoutMs: 60_000 }] },
      /timeoutMs: must be a whole number/,
    ],
    ['a status that is none', { endpoints: [{ ...shop, status: 99 }] }, /endpoints\.0\.status: must be a/],
    ['links of an unknown kind', { endpoints: [{ ...shop, links: 'yes' }] }, /links: must be one of none, same-host/],
    [
      'more endpoints than a run can check',
      { endpoints: Array.from({ length: 51 }, (_, nth) => ({ ...shop, name: `shop ${nth}` })) },
      /endpoints: has more than 50 entries/,
    ],
  ])('%s', (_what, section, message) => {
    const { problems } = parse(section);
    expect(problems.join('\n')).toMatch(message);
    expect(problems.join('\n')).toMatch(/^config\/dev\.yml:\d+: /);
  });
});
