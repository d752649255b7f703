import { expect, test } from '@jest/globals';
import { join } from 'node:path';
import { integrityOf } from '../../src/cli/report/integrity.ts';
import { allTime } from '../../src/report/definition/period.ts';

const cwd = join(import.meta.dirname, '..', '..');
const asked = { paths: ['events/archive'], cwd, period: allTime, account: '*', region: '*' };

test('it says what the digests prove, and no more', async () => {
  expect(await integrityOf({ ...asked, signal: new AbortController().signal })).toMatch(
    /^events\/archive: not proven: the digests have 1 gap, .*signatures not checked; .*not covered by a digest$/,
  );
});

test('who stops it gets no evidence that says there was nothing to verify', async () => {
  await expect(integrityOf({ ...asked, signal: AbortSignal.abort() })).rejects.toMatchObject({ kind: 'cancelled' });
});
