import { expect, test } from '@jest/globals';
import { worldPorts } from '../../../../src/detect/derived/network.ts';
import type { Fields } from '../../../../src/model/log-record.ts';

type Permission = readonly [protocol: string, from: number | undefined, to: number | undefined, ...ranges: string[]];

const world = '0.0.0.0/0';

/** A call of EC2 as CloudTrail records it. */
function ingress(...permissions: readonly Permission[]): Fields {
  const items = permissions.map(([ipProtocol, fromPort, toPort, ...ranges]) => ({
    ipProtocol,
    fromPort,
    toPort,
    groups: {},
    ipRanges: { items: ranges.filter((one) => !one.includes(':')).map((cidrIp) => ({ cidrIp })) },
    ipv6Ranges: { items: ranges.filter((one) => one.includes(':')).map((cidrIpv6) => ({ cidrIpv6 })) },
  }));
  return call('ec2', 'AuthorizeSecurityGroupIngress', { groupId: 'sg-1', ipPermissions: { items } });
}

function call(source: string, eventName: string, requestParameters: unknown): Fields {
  return { eventSource: `${source}.amazonaws.com`, eventName, requestParameters };
}

const quarters = ['0.0.0.0/2', '64.0.0.0/2', '128.0.0.0/2', '192.0.0.0/2'];

test.each<[string, Fields, readonly string[] | undefined, readonly number[] | undefined, (readonly string[])?]>([
  ['SSH to the world', ingress(['tcp', 22, 22, world]), ['tcp/22'], [22]],
  ['SSH to the world of IPv6', ingress(['tcp', 22, 22, '::/0']), ['tcp/22'], [22]],
  ['a web port to the world', ingress(['tcp', 443, 443, world]), ['tcp/443'], undefined],
  ['SSH to a private range', ingress(['tcp', 22, 22, '10.0.0.0/8']), undefined, undefined],
  [
    'the world and the port in two elements',
    ingress(['tcp', 443, 443, world], ['tcp', 22, 22, '10.0.0.0/8']),
    ['tcp/443'],
    undefined,
  ],
  ['the world in four quarters', ingress(['tcp', 22, 22, ...quarters]), ['tcp/22'], [22]],
  ['… in four elements', ingress(...quarters.map((range): Permission => ['tcp', 22, 22, range])), ['tcp/22'], [22]],
  [
    '… of different ports, where they meet',
    ingress(['tcp', 20, 30, '0.0.0.0/1'], ['tcp', 22, 40, '128.0.0.0/1']),
    ['tcp/20-40'],
    [22, 23],
  ],
  [
    '… of which no port has all quarters',
    ingress(['tcp', 22, 22, '3.0.0.0/9'], ['tcp', 23, 23, '5.0.0.0/9'], ['tcp', 25, 25, '7.0.0.0/9']),
    undefined,
    undefined,
  ],
  ['a wide range of ports', ingress(['tcp', 1, 1024, world]), ['tcp/1-1024'], [22, 23, 135, 139, 445]],
  ['every protocol', ingress(['-1', undefined, undefined, world]), ['all/0-65535'], expect.any(Array) as never],
  ['ports of UDP by its number', ingress(['17', 161, 161, world]), ['udp/161'], undefined, ['udp/161']],
  [
    'the web, also over QUIC',
    ingress(['tcp', 80, 80, world], ['udp', 443, 443, world]),
    ['tcp/80', 'udp/443'],
    undefined,
  ],
  ['ICMP, whose numbers are no ports', ingress(['icmp', 8, 22, world]), ['icmp/8-22'], undefined],
  [
    'neighbours are one span',
    ingress(['tcp', 80, 80, world], ['tcp', 81, 81, world], ['tcp', 443, 443, world]),
    ['tcp/80-81', 'tcp/443'],
    undefined,
    ['tcp/80-81'],
  ],
  [
    'one flat permission',
    call('ec2', 'AuthorizeSecurityGroupIngress', {
      ipProtocol: 'tcp',
      fromPort: 22,
      toPort: 22,
      cidrIp: '192.0.2.1/0',
    }),
    ['tcp/22'],
    [22],
  ],
  [
    'a rule that is modified',
    call('ec2', 'ModifySecurityGroupRules', {
      ModifySecurityGroupRulesRequest: {
        SecurityGroupRule: { SecurityGroupRule: { IpProtocol: 'tcp', FromPort: 3389, ToPort: 3389, CidrIpv4: world } },
      },
    }),
    ['tcp/3389'],
    [3389],
  ],
  [
    'an entry of a network ACL',
    call('ec2', 'CreateNetworkAclEntry', {
      ruleAction: 'allow',
      egress: false,
      aclProtocol: '6',
      portRange: { from: 22, to: 22 },
      cidrBlock: world,
    }),
    ['tcp/22'],
    [22],
  ],
  [
    'an entry that denies',
    call('ec2', 'CreateNetworkAclEntry', { ruleAction: 'deny', egress: false, aclProtocol: '-1', cidrBlock: world }),
    undefined,
    undefined,
  ],
  [
    'an instance of Lightsail, to everybody for want of a range',
    call('lightsail', 'OpenInstancePublicPorts', { portInfo: { fromPort: 22, toPort: 22, protocol: 'tcp' } }),
    ['tcp/22'],
    [22],
  ],
  ['egress', call('ec2', 'AuthorizeSecurityGroupEgress', { cidrIp: world }), undefined, undefined],
])('%s', (_what, fields, ports, admin, ...[other]) => {
  expect(worldPorts(fields)).toEqual({
    ...(ports === undefined ? {} : { world_ports: ports }),
    ...(admin === undefined ? {} : { admin_ports: admin }),
    ...(other === undefined ? {} : { other_ports: other }),
  });
});

test('thousands of entries are read in a bounded time', () => {
  const many = ingress(
    ...Array.from({ length: 3_000 }, (_, n): Permission => ['tcp', n * 10, n * 10 + 50, `${n % 200}.0.0.0/9`]),
  );
  const started = process.cpuUsage();
  worldPorts(many);
  expect(process.cpuUsage(started).user / 1_000).toBeLessThan(4_000);
});
