import { describe, expect, test } from '@jest/globals';
import { salvageJson } from '../../../../src/ingest/json/salvage.ts';
import { standardOpener } from '../../../../src/ingest/open.ts';
import { cloudTrailRecord, read } from '../reading.ts';

test.each<[string, string, string | undefined]>([
  ['behind the last whole element', '{"a":{"b":[{"c":1},{"c":2},{"c', '{"a":{"b":[{"c":1},{"c":2}]}}'],
  ['brackets in texts', '[["]}\\""],["x', '[["]}\\""]]'],
  ['an element within an element', '{"a":[{"b":[{"c":1},{"d":', '{"a":[{"b":[{"c":1}]}]}'],
  ['nothing is whole', '{"a":[{"b":1', undefined],
  ['no list', '{"a":{"b":1},"c":', undefined],
  ['brackets that do not fit', '[{"a":1],', undefined],
  ['deeper than anything', '['.repeat(100_000), undefined],
])('%s', (_name, text, salvaged) => {
  expect(salvageJson(text)).toBe(salvaged);
});

describe('an answer that was cut off', () => {
  const events = Array.from({ length: 40 }, (_, index) => ({
    timestamp: 1_772_359_201_000 + index,
    ingestionTime: 1_772_359_210_000,
    message: JSON.stringify(cloudTrailRecord(`e${index}`)),
  }));
  const whole = JSON.stringify({ events });

  test('gives what stands before the cut, and its last failure says so', async () => {
    for (let cut = 200; cut < whole.length; cut += 997) {
      const { records, failures } = await read(whole.slice(0, cut), 'x.json', { opener: standardOpener }, 512);
      const expected = whole.slice(0, cut).split('}"}').length - 1;
      expect(records.map(({ id }) => id)).toEqual(events.slice(0, expected).map((_one, index) => `e${index}`));
      expect(failures).toEqual([expect.stringMatching(/^cut off/)]);
    }
  });
});
