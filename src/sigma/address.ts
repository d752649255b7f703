import { isIP } from 'node:net';

/** Address is an IP address as 32-bit words: one for IPv4, four for IPv6. */
export type Address = readonly number[];

/** Network is an IP network: an address matches when its bits under `mask` are those of `base`. */
export interface Network {
  readonly base: Address;
  readonly mask: Address;
}

/** parseNetwork reads `10.0.0.0/8`, `fe80::/10` or a single address; a fault says why not. */
export function parseNetwork(text: string): Network | { readonly fault: string } {
  const slash = text.indexOf('/');
  const address = parseAddress(slash < 0 ? text : text.slice(0, slash));
  if (address === undefined) return { fault: 'is not an IP network: write address/prefix, e.g. 10.0.0.0/8' };
  const bits = address.length * 32;
  const length = slash < 0 ? String(bits) : text.slice(slash + 1);
  if (!/^\d{1,3}$/.test(length) || Number(length) > bits)
    return { fault: `has a prefix length that is not from 0 to ${bits}` };
  const mask = address.map((_, word) => maskOf(Number(length) - word * 32));
  if (address.some((word, index) => (word & ~(mask[index] ?? 0)) !== 0)) {
    return { fault: 'has bits set behind its prefix: did you mean a longer prefix?' };
  }
  return { base: address, mask };
}

/** parseAddress reads an IPv4 or IPv6 address; undefined when the text is none. */
export function parseAddress(text: string): Address | undefined {
  // The longest IPv6 text is 45 characters; what is longer need not be looked at.
  if (text.length > 45) return undefined;
  switch (isIP(text)) {
    case 4:
      return [wordOf4(text)];
    case 6:
      return text.includes('%') ? undefined : wordsOf6(text);
    default:
      return undefined;
  }
}

/** isInside answers whether an address belongs to a network of the same family. */
export function isInside(address: Address, network: Network): boolean {
  if (address.length !== network.base.length) return false;
  for (let index = 0; index < address.length; index += 1) {
    if (((address[index] ?? 0) & (network.mask[index] ?? 0)) !== (network.base[index] ?? 0)) return false;
  }
  return true;
}

function maskOf(bits: number): number {
  if (bits <= 0) return 0;
  return bits >= 32 ? -1 : (-1 << (32 - bits)) | 0;
}

function wordOf4(text: string): number {
  return text.split('.').reduce((word, byte) => (word << 8) | Number(byte), 0);
}

function wordsOf6(text: string): Address {
  const dot = text.lastIndexOf('.');
  let plain = text;
  if (dot >= 0) {
    const colon = text.lastIndexOf(':');
    const word = wordOf4(text.slice(colon + 1));
    plain = `${text.slice(0, colon + 1)}${(word >>> 16).toString(16)}:${(word & 0xffff).toString(16)}`;
  }
  const [head = '', tail] = plain.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const groups = [...before, ...Array<string>(8 - before.length - after.length).fill('0'), ...after];
  const numbers = groups.map((group) => Number.parseInt(group, 16));
  return [0, 2, 4, 6].map((index) => ((numbers[index] ?? 0) << 16) | (numbers[index + 1] ?? 0));
}
