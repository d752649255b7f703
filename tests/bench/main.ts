/**
 * Measures the engine: `npm run bench`, or `npm run bench -- --json` for a machine. Ratios compare better than times,
 * which belong to the machine they were measured on.
 */
import { parseArgs } from 'node:util';
import { benchBytes } from './bytes.ts';
import { benchFormats } from './formats.ts';
import { benchIngest } from './ingest.ts';
import { readRecords, readRuleSets, readSample } from './inputs.ts';
import { benchLoad } from './load.ts';
import { benchMatcher } from './matcher.ts';

const { values } = parseArgs({ options: { json: { type: 'boolean', default: false } } });

const started = performance.now();
const [inputs, records] = [await readRuleSets(), readRecords(256)];
const inputMs = performance.now() - started;
const load = await benchLoad(inputs, records);
const matcher = await benchMatcher(inputs, records);
const ingest = await benchIngest(records);
const formats = benchFormats();
const bytes = await benchBytes(readRecords(3_000), readSample());
const report = {
  node: process.version,
  platform: `${process.platform} ${process.arch}`,
  events: records.length,
  load,
  matcher,
  ingest,
  formats,
  bytes,
};

if (values.json) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
else {
  const say = (line: string) => process.stdout.write(`${line}\n`);
  say(
    `Node ${report.node}, ${report.platform}, ${report.events} CloudTrail events (inputs read in ${(inputMs / 1_000).toFixed(1)} s)\n`,
  );
  say('Loading compiled rules');
  table(
    ['rule set', 'rules', 'module', 'import', 'to first answer'],
    load.map((row) => [
      row.name,
      row.rules,
      `${(row.bytes / 1_000).toFixed(0)} KB`,
      `${row.importMs.toFixed(1)} ms`,
      `${row.firstEventMs.toFixed(1)} ms`,
    ]),
  );
  say('Time per event');
  const base = matcher[0]?.eventMedianNs ?? Number.NaN;
  table(
    [
      'rule set',
      'rules',
      'of the source',
      'candidates',
      'indexed',
      'median',
      'against the first',
      'naive',
      'naive / indexed',
    ],
    matcher.map((row) => [
      row.name,
      row.rules,
      row.covering,
      row.candidatesPerEvent.toFixed(1),
      `${(row.eventNs / 1_000).toFixed(2)} µs`,
      `${(row.eventMedianNs / 1_000).toFixed(2)} µs`,
      `${(row.eventMedianNs / base).toFixed(2)}×`,
      `${(row.naiveEventNs / 1_000).toFixed(0)} µs`,
      `${row.timesFaster.toFixed(0)}×`,
    ]),
  );
  say('Reading files, unpacked MB a second');
  table(
    ['file', 'read and checked', 'JSON.parse or split alone'],
    ingest.map((row) => [row.name, row.read.toFixed(0), row.plain.toFixed(0)]),
  );
  say('Reading lines of each format into records');
  table(
    ['format', 'lines/s', 'MB/s'],
    formats.map((row) => [
      row.name,
      Math.round(row.linesPerSecond).toLocaleString('en-US'),
      row.megabytesPerSecond.toFixed(0),
    ]),
  );
  say("Bytes read for a report over five days of two accounts, of the trail's gzip files and of columns");
  table(
    ['report', 'rows', 'trail files', 'columns', 'times fewer'],
    bytes.map((row) => [
      row.report,
      row.rows,
      `${(row.rawBytes / 1e6).toFixed(1)} MB`,
      `${(row.columnarBytes / 1e6).toFixed(2)} MB`,
      `${row.timesFewer.toFixed(0)}×`,
    ]),
  );
}

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): void {
  const cells = [head, ...rows.map((row) => row.map(String))];
  const widths = head.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  for (const row of cells) {
    const line = row.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
    );
    process.stdout.write(`  ${line.join('  ')}\n`);
  }
  process.stdout.write('\n');
}
