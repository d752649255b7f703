import { describe, expect, test } from '@jest/globals';
import { parseProbes } from '../../../src/probe/settings.ts';

const shop = { name: 'shop', url: 'https://shop.example.com/health' };

test('no section is no endpoints', () => {
  expect(parseProbes(undefined)).toEqual({ allow: [], endpoints: [] });
});

test('an endpoint of a name and an address has sensible limits', () => {
  expect(parseProbes({ endpoints: [shop] })).toEqual({
    allow: [],
    endpoints: [{ ...shop, slowMs: 3_000, timeoutMs: 10_000, redirects: 5, links: 'none' }],
  });
});

test('one status is a list of one, and hosts are written one way', () => {
  const { allow, endpoints } = parseProbes({
    allow: ['Intranet.Example.com.', '[FD12:0::1]'],
    endpoints: [{ ...shop, status: 204 }],
  });
  expect(allow).toEqual(['intranet.example.com', 'fd12::1']);
  expect(endpoints[0]?.status).toEqual([204]);
});

describe('refused, with its place', () => {
  test.each([
    ['a misspelled key', { endpoints: [{ ...shop, timeout: 5 }] }, /endpoints\.0\.timeout/],
    ['a misspelled section', { endpoint: [shop] }, /endpoint: /],
    ['no name', { endpoints: [{ url: shop.url }] }, /endpoints\.0\.name/],
    ['two of one name', { endpoints: [shop, shop] }, /endpoints: has two entries of one name/],
    ['no address', { endpoints: [{ ...shop, url: 'shop' }] }, /endpoints\.0\.url: is not an address/],
    ['a file', { endpoints: [{ ...shop, url: 'file:///etc/passwd' }] }, /endpoints\.0\.url: must begin with https/],
    ['a password', { endpoints: [{ ...shop, url: 'https://a:b@shop.test/' }] }, /must hold no name or password/],
    ['a timeout longer than a run', { endpoints: [{ ...shop, timeoutMs: 60_000 }] }, /endpoints\.0\.timeoutMs/],
    ['a status that is none', { endpoints: [{ ...shop, status: 99 }] }, /endpoints\.0\.status/],
    ['links of an unknown kind', { endpoints: [{ ...shop, links: 'yes' }] }, /endpoints\.0\.links/],
    [
      'more endpoints than a run can check',
      { endpoints: Array.from({ length: 51 }, (_, nth) => ({ ...shop, name: `shop ${nth}` })) },
      /endpoints: has more than 50 entries/,
    ],
  ])('%s', (_what, section, message) => {
    expect(() => parseProbes(section)).toThrow(message);
  });
});
