import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { hostAuthColumns, hostAuthFields, hostAuthLine } from '../../../../src/describe/host/host-auth.ts';
import { standardOpener } from '../../../../src/ingest/open.ts';
import type { LogRecord } from '../../../../src/model/log-record.ts';
import { bodyOf } from '../../../../src/report/duckdb/table.ts';
import type { Table } from '../../../../src/report/duckdb/table.ts';

const root = join(import.meta.dirname, '..', '..', '..', '..');
const table = JSON.parse(readFileSync(join(root, 'schemas/tables/host_auth.json'), 'utf8')) as Table;

const records = globSync('events/hosts/**/*', { cwd: root, withFileTypes: true })
  .filter((entry) => entry.isFile() && !entry.name.endsWith('.gz'))
  .flatMap((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8').split('\n'))
  .flatMap((line, index) => [
    ...standardOpener.text(line, { path: 'auth.log', index, time: '2026-03-11T12:00:00.000Z' }),
  ])
  .flatMap((item): readonly LogRecord[] => (item.kind === 'record' ? [item.record] : []));
const kept = records.map(hostAuthFields).filter((fields) => fields !== undefined);

describe('a row of the table host_auth', () => {
  test('has the columns of its schema', () => {
    expect(Object.entries(hostAuthColumns)).toEqual(table.columns.map(({ name, field }) => [name, field]));
  });

  test('is the same in AWS as on a laptop', () => {
    expect(kept.length).toBeGreaterThan(20);
    for (const fields of kept) {
      const local = JSON.parse(bodyOf(table, fields)) as Record<string, unknown>;
      const texts = Object.entries(local).map(([name, value]) => [name, String(value)]);
      expect(JSON.parse(hostAuthLine(fields))).toEqual(Object.fromEntries(texts));
    }
  });

  test('is made of lines of authentication alone', () => {
    const record = records[0];
    expect(record && hostAuthFields({ ...record, source: { product: 'nginx', services: ['nginx'] } })).toBeUndefined();
    expect(
      record && hostAuthFields({ ...record, fields: {}, source: { product: 'linux', services: ['cron', 'syslog'] } }),
    ).toBeUndefined();
  });

  test('is one line, whatever was logged, and no longer than a stream takes', () => {
    const line = hostAuthLine({ id: 'x', message: `a\nb"${'é'.repeat(100_000)}`, user: 'root' });
    expect(line.indexOf('\n')).toBe(line.length - 1);
    const row = JSON.parse(line) as Record<string, string>;
    expect(row).toMatchObject({ id: 'x', username: 'root' });
    expect(row['message']).toMatch(/^a\nb"é+…$/);
    expect(Buffer.byteLength(line)).toBeLessThan(100_000);
  });
});
