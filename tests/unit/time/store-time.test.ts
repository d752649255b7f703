import { expect, test } from '@jest/globals';
import { storeTime } from '../../../src/time/store-time.ts';

const at = '2026-03-11T05:33:01.000Z';

test.each<[string, unknown, string | undefined]>([
  ['ISO 8601', '2026-03-11T05:33:01Z', at],
  ['seconds', 1773207181, at],
  ['seconds with a fraction', 1773207181.25, '2026-03-11T05:33:01.250Z'],
  ['milliseconds', 1773207181000, at],
  ['nanoseconds as text', '1773207181000000000', at],
  ['Athena', '2026-03-11 05:33:01.000 UTC', at],
  ['Athena, in a zone with a name', '2026-03-11 06:33:01.000 Europe/Berlin', at],
  ['Athena, in a zone with a name, in summer', '2026-07-11 07:33:01 Europe/Berlin', '2026-07-11T05:33:01.000Z'],
  ['an offset behind a blank', '2026-03-11 06:33:01 +0100', at],
  ['the offset of a database', '2026-03-11 05:33:01+00', at],
  ["CloudTrail's console", 'March 11, 2026, 05:33:01 (UTC+00:00)', at],
  ["CloudTrail's console, in another zone", 'March 11, 2026, 07:33:01 (UTC+02:00)', at],
  ['Kibana', 'Mar 11, 2026 @ 05:33:01.500', '2026-03-11T05:33:01.500Z'],
  ['a web server', '11/Mar/2026:06:33:01 +0100', at],
  ["Unix's date", 'Wed Mar 11 05:33:01 UTC 2026', at],
  ['an abbreviation that several zones share', '2026-03-11 05:33:01 IST', undefined],
  ['a zone that does not exist', '2026-03-11 05:33:01 Europe/Nowhere', undefined],
  ['a month that does not exist', 'Foo 11, 2026, 05:33:01', undefined],
  ['a day that does not exist', '2026-02-30 05:33:01 UTC', undefined],
  ['a small number', 12, undefined],
  ['words', 'yesterday', undefined],
  ['a very long text', `2026-03-11 05:33:01 ${'x'.repeat(100_000)}`, undefined],
  ['nothing', undefined, undefined],
])('%s', (_name, value, time) => {
  expect(storeTime(value)).toBe(time);
});
