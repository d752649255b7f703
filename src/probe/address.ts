import { BlockList, isIP } from 'node:net';

/** AddressClass is a kind of address that a probe must not be tricked into asking. */
interface AddressClass {
  readonly what: string;
  readonly ranges: readonly string[];
  /** Whether an allowed host name covers such addresses; the others must be allowed one by one. */
  readonly byName: boolean;
}

/**
 * The ranges that IANA reserved, and the addresses at which clouds serve credentials.
 * https://www.iana.org/assignments/iana-ipv4-special-registry/ https://www.iana.org/assignments/iana-ipv6-special-registry/
 */
const classes: readonly AddressClass[] = [
  { what: 'a private address', ranges: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'], byName: true },
  { what: 'a loopback address', ranges: ['127.0.0.0/8', '::1/128'], byName: true },
  { what: 'a carrier-grade NAT address', ranges: ['100.64.0.0/10'], byName: true },
  // Before unique local addresses, within which AWS has its IPv6 one.
  {
    what: "a cloud's metadata address",
    ranges: ['169.254.169.254/32', '169.254.170.2/32', '169.254.170.23/32', '168.63.129.16/32', 'fd00:ec2::/32'],
    byName: false,
  },
  { what: 'a unique local address', ranges: ['fc00::/7'], byName: true },
  { what: 'a link-local address', ranges: ['169.254.0.0/16', 'fe80::/10', 'fec0::/10'], byName: false },
  { what: 'an unspecified address', ranges: ['0.0.0.0/8', '::/128'], byName: false },
  { what: 'a broadcast address', ranges: ['255.255.255.255/32'], byName: false },
  { what: 'a multicast address', ranges: ['224.0.0.0/4', 'ff00::/8'], byName: false },
  { what: 'an IPv4 address in IPv6 form', ranges: ['::ffff:0:0/96', '::/96', '::ffff:0:0:0/96'], byName: false },
  {
    what: 'an address that is translated or tunnelled to another',
    ranges: ['64:ff9b::/96', '64:ff9b:1::/48', '2001::/32', '2002::/16', '192.88.99.0/24'],
    byName: false,
  },
  {
    what: 'an address for documentation or benchmarks',
    ranges: ['192.0.2.0/24', '198.51.100.0/24', '203.0.113.0/24', '198.18.0.0/15', '2001:db8::/32', '3fff::/20'],
    byName: false,
  },
  { what: 'a reserved address', ranges: ['192.0.0.0/24', '240.0.0.0/4', '2001::/23'], byName: false },
];

/** The only part of IPv6 that is assigned. */
const globalUnicast = '2000::/3';

const families = { 4: 'ipv4', 6: 'ipv6' } as const;
type Family = keyof typeof families;

// A list holds one family: a BlockList of both takes each IPv4 address for a part of IPv6's `::ffff:0:0/96`.
const lists = classes.map((row) => ({ ...row, 4: listOf(row.ranges, 4), 6: listOf(row.ranges, 6) }));
const handedOut = listOf([globalUnicast], 6);

/**
 * refusalOf says why a probe must not connect to an address of a host; undefined when it may. `allowed` holds hosts and addresses
 * as `hostName` writes them. An allowed name may have a private address; a link-local one or the like must be allowed by itself, so
 * that an attacker who changes the name's address cannot read metadata.
 */
export function refusalOf(address: string, host: string, allowed: ReadonlySet<string>): string | undefined {
  const family = isIP(address);
  if ((family !== 4 && family !== 6) || address.includes('%')) return 'not an address of the internet';
  if (allowed.has(hostName(address))) return undefined;
  const found = lists.find((row) => row[family].check(address, families[family]));
  if (found !== undefined) return found.byName && allowed.has(hostName(host)) ? undefined : found.what;
  if (family === 6 && !handedOut.check(address, 'ipv6')) return 'a reserved address';
  return undefined;
}

/** hostName writes a host one way: in lower case, without a last dot or brackets, and an address in its shortest form. */
export function hostName(host: string): string {
  const bare = host
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '');
  if (isIP(bare) !== 6 || bare.includes('%')) return bare;
  return new URL(`http://[${bare}]/`).hostname.slice(1, -1);
}

function listOf(ranges: readonly string[], family: Family): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [network = '', bits = ''] = range.split('/');
    if (isIP(network) === family) list.addSubnet(network, Number(bits), families[family]);
  }
  return list;
}
