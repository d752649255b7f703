import { isIP } from 'node:net';

/** Ranges that together hold more public addresses than a /8 (IPv6: a /24) name nobody in particular. */
const mostIpv4 = 2 ** 24;
const mostIpv6 = 2n ** (128n - 24n);

/** isNarrow says whether address ranges (CIDR or single addresses) limit who can come, all of them together: four quarters of the address space do not. A range that cannot be read matches no address. */
export function isNarrow(ranges: readonly string[]): boolean {
  const read = ranges.flatMap((range) => rangeOf(range) ?? []);
  const total = (family: 4 | 6): bigint => sizeOf(read.filter((range) => range.family === family));
  return total(4) <= BigInt(mostIpv4) && total(6) <= mostIpv6;
}

interface Range {
  readonly family: 4 | 6;
  readonly first: bigint;
  readonly last: bigint;
}

function rangeOf(text: string): Range | undefined {
  const [address = '', prefixText, ...rest] = text.trim().split('/');
  const family = isIP(address);
  if ((family !== 4 && family !== 6) || rest.length > 0) return undefined;
  const bits = family === 4 ? 32 : 128;
  const prefix = prefixText === undefined ? bits : /^\d{1,3}$/.test(prefixText) ? Number(prefixText) : Number.NaN;
  if (!(prefix <= bits)) return undefined;
  const size = 1n << BigInt(bits - prefix);
  const first = (numberOf(address, family) / size) * size;
  return { family, first, last: first + size - 1n };
}

function numberOf(address: string, family: 4 | 6): bigint {
  if (family === 4) return address.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n);
  const [head = '', tail] = withoutDots(address.replace(/%.*$/, '')).split('::');
  const parts = (text: string | undefined): readonly string[] =>
    text === undefined || text === '' ? [] : text.split(':');
  const [before, after] = [parts(head), parts(tail)];
  const zeros = tail === undefined ? 0 : 8 - before.length - after.length;
  const groups = [...before, ...Array.from({ length: zeros }, () => '0'), ...after];
  return groups.reduce((sum, group) => sum * 65_536n + BigInt(`0x${group}`), 0n);
}

/** An IPv6 address may end like an IPv4 one. */
function withoutDots(address: string): string {
  const at = address.lastIndexOf(':') + 1;
  const tail = address.slice(at);
  if (!tail.includes('.')) return address;
  const value = numberOf(tail, 4);
  return `${address.slice(0, at)}${(value >> 16n).toString(16)}:${(value & 65_535n).toString(16)}`;
}

function sizeOf(ranges: readonly Range[]): bigint {
  let size = 0n;
  let end = -1n;
  for (const { first, last } of ranges.toSorted((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0))) {
    const from = first > end ? first : end + 1n;
    if (last >= from) size += last - from + 1n;
    if (last > end) end = last;
  }
  return size;
}
