import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';

const folder = new URL('../../../schemas/tables/', import.meta.url);
const read = (url: URL): Record<string, unknown> => JSON.parse(readFileSync(url, 'utf8')) as Record<string, unknown>;
const files = readdirSync(folder);
const valid = new Ajv2020({ strict: false }).compile(read(new URL('../table.schema.json', folder)));

describe.each(files)('%s', (file) => {
  const table = read(new URL(file, folder)) as {
    readonly columns: readonly { readonly name: string; readonly type: string }[];
    readonly partitions: readonly { readonly name: string }[];
  };

  test('follows the schema of tables', () => {
    valid(table);
    expect(valid.errors).toBeNull();
  });

  test('names a column once, also against its partitions', () => {
    const names = [...table.columns, ...table.partitions].map(({ name }) => name);
    expect(names).toEqual([...new Set(names)]);
  });

  test('closes every bracket of its types', () => {
    for (const { type } of table.columns) {
      expect(type).toMatch(/^(string|int|bigint|boolean|(array|map|struct)<.+>)$/);
      expect(type.split('<')).toHaveLength(type.split('>').length);
    }
  });
});

test('CloudTrail fields of free form are JSON text, so that no record can break the table', () => {
  const { columns } = read(new URL('cloudtrail.json', folder)) as {
    columns: readonly { field: string; type: string }[];
  };
  const types = new Map(columns.map(({ field, type }) => [field, type]));
  for (const field of [
    'requestParameters',
    'responseElements',
    'additionalEventData',
    'serviceEventDetails',
    'addendum',
  ]) {
    expect([field, types.get(field)]).toEqual([field, 'string']);
  }
});
