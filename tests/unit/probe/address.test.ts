import { describe, expect, test } from '@jest/globals';
import { hostName, refusalOf } from '../../../src/probe/address.ts';

const nobody: ReadonlySet<string> = new Set();

describe('a probe connects to', () => {
  test.each([
    ['a public IPv4 address', '8.8.8.8'],
    ['the address after a private range', '172.32.0.1'],
    ['the address before carrier-grade NAT', '100.63.255.255'],
    ['the address after carrier-grade NAT', '100.128.0.0'],
    ['a public IPv6 address', '2606:4700::1111'],
    ['a public IPv6 address that begins as Teredo nearly does', '2001:4860:4860::8888'],
  ])('%s: %s', (_what, address) => {
    expect(refusalOf(address, 'example.com', nobody)).toBeUndefined();
  });
});

describe('a probe refuses', () => {
  test.each([
    ['10.0.0.0', 'a private address'],
    ['10.255.255.255', 'a private address'],
    ['172.16.0.1', 'a private address'],
    ['172.31.255.255', 'a private address'],
    ['192.168.1.1', 'a private address'],
    ['127.0.0.1', 'a loopback address'],
    ['127.255.255.254', 'a loopback address'],
    ['::1', 'a loopback address'],
    ['100.64.0.1', 'a carrier-grade NAT address'],
    ['100.100.100.200', 'a carrier-grade NAT address'],
    ['169.254.169.254', "a cloud's metadata address"],
    ['169.254.170.2', "a cloud's metadata address"],
    ['169.254.170.23', "a cloud's metadata address"],
    ['168.63.129.16', "a cloud's metadata address"],
    ['fd00:ec2::254', "a cloud's metadata address"],
    ['169.254.79.129', 'a link-local address'],
    ['fe80::1', 'a link-local address'],
    ['fec0::1', 'a link-local address'],
    ['fe80::1%eth0', 'not an address of the internet'],
    ['fc00::1', 'a unique local address'],
    ['fd12:3456::1', 'a unique local address'],
    ['0.0.0.0', 'an unspecified address'],
    ['0.1.2.3', 'an unspecified address'],
    ['::', 'an unspecified address'],
    ['255.255.255.255', 'a broadcast address'],
    ['224.0.0.1', 'a multicast address'],
    ['ff02::1', 'a multicast address'],
    ['::ffff:127.0.0.1', 'an IPv4 address in IPv6 form'],
    ['::ffff:a9fe:a9fe', 'an IPv4 address in IPv6 form'],
    ['::ffff:8.8.8.8', 'an IPv4 address in IPv6 form'],
    ['::127.0.0.1', 'an IPv4 address in IPv6 form'],
    ['64:ff9b::7f00:1', 'an address that is translated or tunnelled to another'],
    ['64:ff9b:1::a00:1', 'an address that is translated or tunnelled to another'],
    ['2002:7f00:1::', 'an address that is translated or tunnelled to another'],
    ['2001:0:7f00:1::', 'an address that is translated or tunnelled to another'],
    ['192.88.99.1', 'an address that is translated or tunnelled to another'],
    ['192.0.2.1', 'an address for documentation or benchmarks'],
    ['198.51.100.7', 'an address for documentation or benchmarks'],
    ['203.0.113.9', 'an address for documentation or benchmarks'],
    ['198.18.0.1', 'an address for documentation or benchmarks'],
    ['2001:db8::1', 'an address for documentation or benchmarks'],
    ['3fff::1', 'an address for documentation or benchmarks'],
    ['192.0.0.8', 'a reserved address'],
    ['240.0.0.1', 'a reserved address'],
    ['2001:1::1', 'a reserved address'],
    ['4000::1', 'a reserved address'],
    ['100::1', 'a reserved address'],
    ['localhost', 'not an address of the internet'],
    ['', 'not an address of the internet'],
  ])('%s: %s', (address, what) => {
    expect(refusalOf(address, 'example.com', nobody)).toBe(what);
  });
});

describe('an allowed name', () => {
  const allowed = new Set(['intranet.example.com']);

  test.each([
    ['may stand for a private address', '10.1.2.3', undefined],
    ['may stand for a loopback address', '127.0.0.1', undefined],
    ['may stand for a unique local address', 'fd12::1', undefined],
    ['may stand for a carrier-grade NAT address', '100.64.0.1', undefined],
    ['never stands for metadata', '169.254.169.254', "a cloud's metadata address"],
    ['never stands for metadata in IPv6', 'fd00:ec2::254', "a cloud's metadata address"],
    ['never stands for a link-local address', 'fe80::1', 'a link-local address'],
    ['never stands for a mapped address', '::ffff:10.1.2.3', 'an IPv4 address in IPv6 form'],
  ])('%s', (_what, address, refusal) => {
    expect(refusalOf(address, 'Intranet.Example.com.', allowed)).toBe(refusal);
  });

  test('allows nothing to names below it or beside it', () => {
    for (const host of ['x.intranet.example.com', 'example.com', 'intranet.example.com.evil.test']) {
      expect(refusalOf('10.1.2.3', host, allowed)).toBe('a private address');
    }
  });

  test('an address that is allowed by itself is reached by any name', () => {
    const one = new Set([hostName('[FD12:0:0::1]'), '169.254.79.129']);
    expect(refusalOf('fd12::1', 'example.com', one)).toBeUndefined();
    expect(refusalOf('169.254.79.129', '169.254.79.129', one)).toBeUndefined();
    expect(refusalOf('fd12::2', 'example.com', one)).toBe('a unique local address');
  });
});
