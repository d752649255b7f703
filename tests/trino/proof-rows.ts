import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import pc from 'picocolors';
import { archiveRows } from '../../src/cli/archive/rows.ts';
import { detectedIn } from '../../src/cli/report/local-engine.ts';
import { openInput } from '../../src/cli/shell/read-input.ts';
import type { Output, Surroundings } from '../../src/cli/shell/terminal.ts';
import { createOpener } from '../../src/ingest/open.ts';
import type { Table, TableRow } from '../../src/report/duckdb/table.ts';
import { tableNames } from '../../src/report/definition/report.ts';
import { oddRecords } from '../support/odd-records.ts';

const silent: Output = { colors: pc.createColors(false), interactive: false, width: 100, write: async () => undefined };
const surroundings: Surroundings = {
  out: silent,
  err: silent,
  stdin: Readable.from([]),
  cwd: process.cwd(),
  now: () => new Date('2026-03-12T08:00:00.000Z'),
  stop: new AbortController().signal,
};

/** readTables reads what the stage's tables are made from. */
export function readTables(root: string): readonly Table[] {
  return tableNames.map(
    (name) => JSON.parse(readFileSync(join(root, 'schemas', 'tables', `${name}.json`), 'utf8')) as Table,
  );
}

/**
 * readRows gives what ingest reads of an archive and of records made to be stumbled over, each record once, and what the rules find in
 * it; every record in some partition.
 */
export async function readRows(archive: readonly string[], folder: string): Promise<readonly TableRow[]> {
  // One record of another shape than its table's ends a query over Hive's serde; CloudTrail writes none.
  const fitting = oddRecords.filter((record) => typeof (record as { userIdentity: unknown }).userIdentity === 'object');
  const odd = join(folder, 'odd.jsonl');
  writeFileSync(odd, `${fitting.map((record) => JSON.stringify(record)).join('\n')}\n`);
  const paths = [...archive, odd];
  const { stdin, stop } = surroundings;
  const input = await openInput(paths, { stdin, opener: createOpener(), now: surroundings.now(), range: {}, stop });
  const seen = new Map<string, TableRow>();
  const batches = archiveRows(input.records, new Set(tableNames), { records: 0, others: 0 }, () => undefined);
  const add = (row: TableRow): void => {
    const key = `${row.table} ${row.id}`;
    const before = seen.get(key);
    if (before !== undefined && before.time <= row.time) return;
    seen.set(key, {
      ...row,
      account: /^\d{12}$/.test(row.account) ? row.account : '000000000000',
      region: row.region || 'us-east-1',
    });
  };
  for await (const batch of batches) batch.forEach(add);
  for (const row of await detectedIn(paths, surroundings)) {
    // As the stack's streams write them: with the second in which the bus had them, and every other one told to somebody.
    add({ ...row, fields: { ...row.fields, published: later(row.time, 45).replace('.000', '') } });
    for (const telling of seen.size % 2 === 0 ? tellings(row) : []) add(telling);
  }
  return [...seen.values()];
}

/** A finding that a receiver's group took in, and that group told a minute later. */
function tellings(row: TableRow): readonly TableRow[] {
  const told = (kind: string, seconds: number, fields: TableRow['fields']): TableRow => {
    const noted = later(row.time, seconds);
    const group = { receiver: 'sns', group_key: `group of ${row.id}`, rule: 'x', level: 'high' };
    return {
      ...row,
      table: 'deliveries',
      id: `${kind} ${row.id}`,
      time: noted,
      fields: { kind, noted, ...group, ...fields },
    };
  };
  return [told('accepted', 50, { finding: row.fields['id'] }), told('told', 110, { news: 'first', findings: 1 })];
}

function later(time: string, seconds: number): string {
  return `${new Date(Date.parse(time) + seconds * 1000).toISOString().slice(0, 19)}.000Z`;
}
