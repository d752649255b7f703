import type { Fields } from '../../model/log-record.ts';
import { isNarrow } from '../../policy/index.ts';
import { textOf } from '../../sigma/match.ts';

/** Opening is one entry of a call: address ranges that may reach a range of ports. */
interface Opening {
  readonly protocol: string;
  readonly from: number;
  readonly to: number;
  readonly ranges: readonly string[];
}

const lastPort = 65_535;

/** Ports of administration and databases: they are found and tried within minutes. */
const adminPorts: readonly number[] = [
  22, 23, 135, 139, 445, 1433, 1521, 2375, 3306, 3389, 5432, 5601, 5900, 5985, 6379, 9200, 27017,
];

/** What a public load balancer is for; HTTP/3 comes over UDP. */
const webPorts = new Set(['tcp/80', 'tcp/443', 'udp/443']);

/** With more entries than this in one call, only those with the same ports are taken together. */
const maxTogether = 200;
const maxOpenings = 2_000;

/**
 * worldPorts gives the fields of `derived.network`: the ports that a call opens to the world. Ranges that together are
 * the world count as the world, be they four quarters in four entries; the ports of an entry for a narrow range don't.
 */
export function worldPorts(fields: Fields): Fields {
  const openings = openingsOf(fields).slice(0, maxOpenings);
  const byProtocol = new Map<string, Opening[]>();
  for (const opening of openings) {
    const list = byProtocol.get(opening.protocol) ?? [];
    byProtocol.set(opening.protocol, list);
    list.push(opening);
  }
  const forAll = byProtocol.get('all') ?? [];
  const open = [...byProtocol].flatMap(([protocol, own]) =>
    spansOf(protocol === 'all' ? own : [...own, ...forAll]).map((span) => ({ protocol, ...span })),
  );
  if (open.length === 0) return {};
  const reached = ({ protocol }: { readonly protocol: string }): boolean => ['tcp', 'udp', 'all'].includes(protocol);
  const admin = adminPorts.filter((port) => open.some((each) => reached(each) && each.from <= port && port <= each.to));
  const other = open.filter(
    (each) =>
      reached(each) && !webPorts.has(portsText(each)) && !admin.some((port) => each.from <= port && port <= each.to),
  );
  return {
    world_ports: open.map(portsText),
    ...(admin.length > 0 && { admin_ports: admin }),
    ...(other.length > 0 && { other_ports: other.map(portsText) }),
  };
}

function portsText({ protocol, from, to }: Span & { readonly protocol: string }): string {
  return `${protocol}/${from}${to === from ? '' : `-${to}`}`;
}

interface Span {
  readonly from: number;
  readonly to: number;
}

/** The ports that the world reaches: between each two bounds, the ranges of all entries about these ports decide. */
function spansOf(openings: readonly Opening[]): readonly Span[] {
  if (isNarrow(openings.flatMap(({ ranges }) => ranges))) return [];
  const wide = openings.filter(({ ranges }) => !isNarrow(ranges));
  const others = openings.filter((each) => !wide.includes(each));
  const groups = others.length > maxTogether ? sameSpans(others) : [others];
  return merged([...wide, ...groups.flatMap(spansTogether)]);
}

function sameSpans(openings: readonly Opening[]): readonly (readonly Opening[])[] {
  const groups = new Map<string, Opening[]>();
  for (const opening of openings) {
    const key = `${opening.from}-${opening.to}`;
    const group = groups.get(key) ?? [];
    groups.set(key, group);
    group.push(opening);
  }
  return [...groups.values()];
}

function spansTogether(openings: readonly Opening[]): readonly Span[] {
  const starts = [...new Set(openings.flatMap(({ from, to }) => [from, to + 1]))].toSorted((a, b) => a - b);
  return starts.flatMap((from, index) => {
    const to = (starts[index + 1] ?? from) - 1;
    const about = openings.filter((each) => each.from <= from && to <= each.to);
    return to < from || isNarrow(about.flatMap(({ ranges }) => ranges)) ? [] : [{ from, to }];
  });
}

function merged(spans: readonly Span[]): readonly Span[] {
  const result: Span[] = [];
  for (const { from, to } of spans.toSorted((a, b) => a.from - b.from)) {
    const last = result.at(-1);
    if (last !== undefined && from <= last.to + 1)
      result[result.length - 1] = { from: last.from, to: Math.max(last.to, to) };
    else result.push({ from, to });
  }
  return result;
}

function openingsOf({ eventSource, eventName, requestParameters }: Fields): readonly Opening[] {
  const parameters = mapOf(requestParameters);
  switch (`${String(eventSource)} ${String(eventName)}`) {
    case 'ec2.amazonaws.com AuthorizeSecurityGroupIngress':
      return [parameters, ...itemsOf(parameters['ipPermissions'])].map(ofPermission);
    case 'ec2.amazonaws.com ModifySecurityGroupRules':
      return listOf(mapOf(parameters['ModifySecurityGroupRulesRequest'])['SecurityGroupRule']).map((one) => {
        const rule = mapOf(mapOf(one)['SecurityGroupRule']);
        return opening(rule['IpProtocol'], rule['FromPort'], rule['ToPort'], [rule['CidrIpv4'], rule['CidrIpv6']]);
      });
    case 'ec2.amazonaws.com CreateNetworkAclEntry':
    case 'ec2.amazonaws.com ReplaceNetworkAclEntry': {
      if (parameters['egress'] === true || parameters['ruleAction'] !== 'allow') return [];
      const { from, to } = mapOf(parameters['portRange']);
      const { aclProtocol, cidrBlock, ipv6CidrBlock } = parameters;
      return [opening(aclProtocol, from, to, [cidrBlock, ipv6CidrBlock])];
    }
    case 'lightsail.amazonaws.com OpenInstancePublicPorts':
    case 'lightsail.amazonaws.com PutInstancePublicPorts':
      return [...listOf(parameters['portInfo']), ...listOf(parameters['portInfos'])].map((one) => {
        const { protocol, fromPort, toPort, cidrs, ipv6Cidrs, cidrListAliases } = mapOf(one);
        const ranges = [...listOf(cidrs), ...listOf(ipv6Cidrs)];
        // Without ranges, Lightsail opens a port to everybody.
        const world = ranges.length === 0 && listOf(cidrListAliases).length === 0;
        return opening(protocol, fromPort, toPort, world ? ['0.0.0.0/0'] : ranges);
      });
    default:
      return [];
  }
}

/** A permission of EC2; the request itself may be one. */
function ofPermission(permission: Fields): Opening {
  const { ipProtocol, fromPort, toPort, ipRanges, ipv6Ranges, cidrIp } = permission;
  const ranges = [
    ...itemsOf(ipRanges).map((range) => range['cidrIp']),
    ...itemsOf(ipv6Ranges).map((range) => range['cidrIpv6']),
    cidrIp,
  ];
  return opening(ipProtocol, fromPort, toPort, ranges);
}

const protocols: Readonly<Record<string, string>> = {
  '-1': 'all',
  '6': 'tcp',
  '17': 'udp',
  '1': 'icmp',
  '58': 'icmpv6',
};

function opening(protocol: unknown, from: unknown, to: unknown, ranges: readonly unknown[]): Opening {
  const name = (textOf(protocol) ?? '-1').toLowerCase();
  const first = portOf(from);
  const last = portOf(to);
  const known = protocols[name] ?? name;
  return {
    protocol: known,
    // EC2 leaves ports out where a protocol has none, and writes -1 for all of them.
    from: known === 'all' || first === undefined ? 0 : first,
    to: known === 'all' || last === undefined ? lastPort : last,
    ranges: ranges.filter((range) => typeof range === 'string'),
  };
}

function portOf(value: unknown): number | undefined {
  const port = typeof value === 'string' && value !== '' ? Number(value) : value;
  return typeof port === 'number' && Number.isInteger(port) && port >= 0 && port <= lastPort ? port : undefined;
}

function itemsOf(value: unknown): readonly Fields[] {
  return listOf(Array.isArray(value) ? value : mapOf(value)['items']).map(mapOf);
}

function listOf(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

function mapOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}
