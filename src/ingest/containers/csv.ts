import { parse } from 'csv-parse';
import type { Ingested } from '../../model/log-record.ts';
import { createNothingKnown } from '../files/nothing-known.ts';
import { createRepeatCounter } from '../files/repeat-counter.ts';
import { failure } from '../ingested.ts';
import { standardOpener } from '../open.ts';
import { isConsoleEvent } from '../shapes/spellings/console-history.ts';
import type { Contained } from './container.ts';
import { csvHeader } from './recognise.ts';
import { ReadError } from '../files/read-error.ts';

const incomplete =
  "CSV of CloudTrail's console: it leaves out the caller's identity and the parameters of the call, so that rules which ask for " +
  'these cannot match; download the event history as JSON';

/** readCsv opens each row of a table: the events in its columns, or the CloudTrail record that its columns are. */
export async function* readCsv(container: Contained): AsyncIterable<readonly Ingested[]> {
  const { path, options } = container;
  const open = (options.opener ?? standardOpener).at({ kind: 'path', name: path });
  const { time } = options;
  const surroundings = {
    path,
    nth: createRepeatCounter(),
    written: true,
    ...(time !== undefined && { time }),
  } as const;
  const judge = createNothingKnown(time);
  let names: readonly string[] | undefined;
  let index = 0;
  let ofConsole = false;
  for await (const { rows, broken } of rowsOf(container)) {
    const batch: Ingested[] = [];
    for (const cells of rows) {
      if (names === undefined) {
        names = cells.map((name) => name.trim());
        continue;
      }
      const row = rowOf(names, cells);
      ofConsole ||= isConsoleEvent(row);
      for (const item of open.value(row, { ...surroundings, index })) {
        judge.see(item);
        batch.push(item);
        index++;
      }
    }
    yield batch;
    if (broken !== undefined) throw new ReadError(`CSV that cannot be read behind row ${index}: ${broken.message}`);
  }
  const verdict = judge.verdict(path, index);
  if (verdict !== undefined) yield [verdict];
  else if (ofConsole) yield [failure({ path, index }, incomplete)];
  else if (index === 0) yield [failure({ path, index: 0 }, 'CSV without a row')];
}

interface Rows {
  readonly rows: readonly (readonly string[])[];
  /** The error that ends the reading: behind a row without an end, the next row can't be found. */
  readonly broken?: Error;
}

/** Gives the rows of each chunk. The parser's own stream would drop the rows that it read before an error. */
async function* rowsOf({ head, bytes, limits }: Contained): AsyncIterable<Rows> {
  let rows: (readonly string[])[] = [];
  let broken: Error | undefined;
  const parser = parse({
    bom: true,
    delimiter: csvHeader(head.toString('utf8').replace(/^\uFEFF/, ''))?.delimiter ?? delimiterOf(head),
    max_record_size: limits.recordBytes,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    on_record: (row: readonly string[]) => {
      rows.push(row);
      return null;
    },
  });
  parser.on('error', (error) => {
    broken = error;
  });
  parser.resume();
  const taken = (): Rows => {
    const all = rows;
    rows = [];
    return { rows: all, ...(broken !== undefined && { broken }) };
  };
  for await (const chunk of bytes) {
    await new Promise<void>((resolve) => parser.write(chunk, () => resolve()));
    yield taken();
    if (broken !== undefined) return;
  }
  await new Promise<void>((resolve) => parser.once('close', () => resolve()).end());
  yield taken();
}

/** An empty cell is a value that isn't there. */
function rowOf(names: readonly string[], cells: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    cells.flatMap((cell, column) => (cell === '' ? [] : [[names[column] ?? `column ${column + 1}`, cell]])),
  );
}

/** What separates the columns where no name is known: what comes most often in the first line. */
function delimiterOf(head: Buffer): string {
  const [line = ''] = head.toString('utf8').split('\n', 1);
  const counted = [',', ';', '\t'].map((mark) => ({ mark, count: line.split(mark).length }));
  return counted.toSorted((one, other) => other.count - one.count)[0]?.mark ?? ',';
}
