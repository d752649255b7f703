import { expect, test } from '@jest/globals';
import { parseAccounts } from '../../../../../src/ingest/formats/programs/accounts.ts';

const hidden = '/tmp, shell=/usr/sbin/nologin';

test.each([
  ['each value is its own', 'home=/home/bob, shell=/bin/bash, from=/dev/pts/0', '/home/bob', '/bin/bash', '/dev/pts/0'],
  ['older useradd does not say from where', 'home=/home/bob, shell=/bin/bash', '/home/bob', '/bin/bash', undefined],
  [
    'a home that says another shell hides none',
    `home=${hidden}, shell=/bin/bash, from=none`,
    hidden,
    '/bin/bash',
    'none',
  ],
  ['nor without a word on where from', `home=${hidden}, shell=/bin/bash`, hidden, '/bin/bash', undefined],
])('%s', (_name, values, home, shell, from) => {
  const fields = parseAccounts(`new user: name=bob, UID=1001, GID=1002, ${values}`);
  expect(fields).toMatchObject({ action: 'user created', user: 'bob', UID: '1001', GID: '1002', home, shell });
  expect(fields?.['from']).toBe(from);
});
