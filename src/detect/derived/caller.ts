import { isIP } from 'node:net';
import type { Fields } from '../../model/log-record.ts';

/** callerOf gives the fields of `derived.caller`: who calls, whatever the session is called, and from where. */
export function callerOf(fields: Fields): Fields {
  const identity = mapOf(fields['userIdentity']);
  const issuer = mapOf(mapOf(identity['sessionContext'])['sessionIssuer']);
  const arn = textOf(identity['arn']);
  const principal = textOf(issuer['arn']) ?? arn?.replace(/^(arn:[^:]+:sts::\d+:assumed-role\/[^/]+)\/.*$/, '$1');
  const network = networkOf(textOf(fields['sourceIPAddress']) ?? '');
  const key = textOf(identity['accessKeyId']) ?? '';
  return {
    ...(principal !== undefined && { principal }),
    ...(network !== undefined && { network }),
    ...(key.startsWith('AKIA') && { key }),
  };
}

/** The /16 of an IPv4 address, the /48 of an IPv6 one: what one line at home or one provider's zone stays in, mostly. */
function networkOf(address: string): string | undefined {
  if (isIP(address) === 4) return `${address.split('.').slice(0, 2).join('.')}.0.0/16`;
  if (isIP(address) !== 6) return undefined;
  const [front = '', back] = address.toLowerCase().split('::');
  const groups = front === '' ? [] : front.split(':');
  // Behind `::` come the last groups; those in front of them are zeros.
  const whole = back === undefined ? groups : [...groups, '0', '0', '0'];
  const first = whole.slice(0, 3).map((group) => group.replace(/^0+(?=.)/, ''));
  return `${first.join(':')}::/48`;
}

function mapOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
