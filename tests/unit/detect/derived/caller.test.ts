import { expect, test } from '@jest/globals';
import { callerOf } from '../../../../src/detect/derived/caller.ts';
import type { Fields } from '../../../../src/model/log-record.ts';

const role = 'arn:aws:iam::111122223333:role/scanner';
const session = 'arn:aws:sts::111122223333:assumed-role/scanner/scan-2026-03-02';
const user = 'arn:aws:iam::111122223333:user/export';

test.each<[string, Fields, Fields]>([
  [
    'a session is its role, whatever it is called',
    { userIdentity: { type: 'AssumedRole', arn: session, sessionContext: { sessionIssuer: { arn: role } } } },
    { principal: role },
  ],
  [
    "a user with a key that doesn't expire",
    { userIdentity: { type: 'IAMUser', arn: user, accessKeyId: 'AKIAIOSFODNN7EXAMPLE' } },
    { principal: user, key: 'AKIAIOSFODNN7EXAMPLE' },
  ],
  ['a key of a session', { userIdentity: { arn: user, accessKeyId: 'ASIAIOSFODNN7EXAMPLE' } }, { principal: user }],
  ['an IPv4 address', { sourceIPAddress: '198.51.100.7' }, { network: '198.51.0.0/16' }],
  ['an IPv6 address', { sourceIPAddress: '2001:0db8:1:2::7' }, { network: '2001:db8:1::/48' }],
  ['an IPv6 address with its zeros left out early', { sourceIPAddress: '2001:db8::7' }, { network: '2001:db8:0::/48' }],
  ['a service has no network', { sourceIPAddress: 'config.amazonaws.com' }, {}],
  ['values of other types', { userIdentity: ['x'], sourceIPAddress: 7 }, {}],
  ['nothing', {}, {}],
])('%s', (_name, fields, expected) => expect(callerOf(fields)).toEqual(expected));
