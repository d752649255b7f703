import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import pc from 'picocolors';
import { Readable } from 'node:stream';
import { openLocalArchive } from '../../src/cli/report/local-engine.ts';
import { importInto } from '../../src/cli/archive/import.ts';
import type { Surroundings } from '../../src/cli/shell/terminal.ts';
import type { LogRecord } from '../../src/model/log-record.ts';
import { loadReports } from '../../src/report/definition/load-reports.ts';
import { partitionDays, readPeriod } from '../../src/report/definition/period.ts';
import { prepareReport, runReport } from '../../src/report/run/run-report.ts';

export interface BytesFigures {
  readonly report: string;
  readonly rows: number;
  /** Of the trail's gzip files in the partitions of the period: Athena reads them whole. */
  readonly rawBytes: number;
  /** That the columnar store was read for, footers and all. */
  readonly columnarBytes: number;
  readonly timesFewer: number;
}

const root = join(import.meta.dirname, '..', '..');
const days = 5;
const perDay = 24_000;
const perFile = 400;
const accounts = ['111122223333', '444455556666'];
/** Questions of the kinds that are asked most: one rare actor, one rare event, one outcome of many. */
const asked = new Set(['root-activity', 'console-sign-ins', 'denied-calls']);

/** benchBytes says how many bytes three reports read, of the trail's own files and of the columnar copy's kind of files. */
export async function benchBytes(
  records: readonly LogRecord[],
  people: readonly LogRecord[],
): Promise<readonly BytesFigures[]> {
  const usual = records.filter((record) => !isOfPeople(record));
  const seldom = [...people, ...records].filter(isOfPeople);
  const folder = mkdtempSync(join(tmpdir(), 'trailwatch-bench-'));
  try {
    const raw = writeTrail(usual, seldom, join(folder, 'trail'));
    const store = join(folder, 'store');
    await importInto([join(folder, 'trail')], { store }, silent(folder));
    const reports = (await loadReports(join(root, 'queries'), 'queries')).filter(({ name }) => asked.has(name));
    const period = readPeriod({ period: undefined, from: dayName(1), to: dayName(days) }, new Date(start));
    const { first, last } = partitionDays(period);
    const rawBytes = raw.filter(({ day }) => day >= first && day <= last).reduce((sum, { bytes }) => sum + bytes, 0);
    const figures: BytesFigures[] = [];
    for (const report of reports) {
      const archive = await openLocalArchive([store], new Set(report.reads), silent(folder));
      try {
        const before = bytesRead();
        const { rows } = await runReport(prepareReport(report, { period, parameters: {} }), archive.engine, {
          now: () => new Date(),
          signal: new AbortController().signal,
          maxRows: 1_000_000,
        });
        const columnarBytes = bytesRead() - before;
        figures.push({
          report: report.name,
          rows: rows.length,
          rawBytes,
          columnarBytes,
          timesFewer: rawBytes / columnarBytes,
        });
      } finally {
        await archive.close();
      }
    }
    return figures;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Programs make nearly all calls of an account; sign-ins and the root user are a handful a day among a million. */
function isOfPeople({ fields }: LogRecord): boolean {
  const { type } = (fields['userIdentity'] ?? {}) as { readonly type?: unknown };
  return fields['eventName'] === 'ConsoleLogin' || type === 'Root';
}

/** What this process has read so far: Linux counts it. */
function bytesRead(): number {
  const counted = /^rchar: (\d+)$/m.exec(readFileSync('/proc/self/io', 'utf8'))?.[1];
  if (counted === undefined) throw new Error('/proc/self/io: counts no bytes read');
  return Number(counted);
}

const start = Date.UTC(2026, 0, 1);
const dayMs = 86_400_000;
const dayName = (day: number): string => new Date(start + (day - 1) * dayMs).toISOString().slice(0, 10);

interface TrailFile {
  readonly day: string;
  readonly bytes: number;
}

/**
 * Writes days of trail, as CloudTrail lays them out. Of each record the ids, times, addresses and names are others in every copy: what is
 * written twice in a row would flatter whatever compresses best.
 */
function writeTrail(usual: readonly LogRecord[], seldom: readonly LogRecord[], folder: string): readonly TrailFile[] {
  const random = randomFrom(20_260_101);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() ** 2 * list.length)] as T;
  const addresses = Array.from({ length: 400 }, () =>
    Array.from({ length: 4 }, () => 1 + Math.floor(random() * 254)).join('.'),
  );
  const files: TrailFile[] = [];
  for (let day = 1; day <= days; day++) {
    for (const account of accounts) {
      for (let written = 0; written < perDay; written += perFile) {
        const from = start + (day - 1) * dayMs + Math.floor((written / perDay) * dayMs);
        // People and incidents come in bursts: somebody signs in, works for a while, and is gone.
        const burst = random() < 1 / 150;
        const batch = Array.from({ length: perFile }, () => {
          const { userIdentity, ...fields } = pick(burst && random() < 0.1 ? seldom : usual).fields;
          const time = new Date(from + Math.floor((random() * dayMs * perFile) / perDay));
          return {
            ...(varied(fields, random) as object),
            // Who calls is one of some; what they ask for has no end.
            ...(userIdentity !== undefined && { userIdentity }),
            eventID: uuid(random),
            requestID: uuid(random),
            eventTime: `${time.toISOString().slice(0, 19)}Z`,
            recipientAccountId: account,
            ...(/^[\d.]+$/.test(String(fields['sourceIPAddress'])) && { sourceIPAddress: pick(addresses) }),
          };
        });
        const name = dayName(day);
        const stamp = new Date(from).toISOString().slice(0, 16).replaceAll(/[-:]/g, '');
        const path = join(
          folder,
          `AWSLogs/${account}/CloudTrail/eu-west-1/${name.replaceAll('-', '/')}`,
          `${account}_CloudTrail_eu-west-1_${stamp}Z_${uuid(random).slice(0, 16)}.json.gz`,
        );
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, gzipSync(JSON.stringify({ Records: batch })));
        files.push({ day: name.replaceAll('-', '/'), bytes: statSync(path).size });
      }
    }
  }
  return files;
}

/** Ids and numbers inside of texts become others of their kind; words stay. */
function varied(value: unknown, random: () => number): unknown {
  if (typeof value === 'string') {
    // eventName, types and codes hold no long runs of digits; ids, keys, times and names of resources do.
    return value.replace(/[0-9a-f]{8,}|\d{4,}|(?<=AKIA|ASIA|AROA|AIDA)[A-Z0-9]+/g, (run) =>
      /^\d{12}$/.test(run) ? run : Array.from(run, (char) => another(char, random)).join(''),
    );
  }
  if (Array.isArray(value)) return value.map((item) => varied(item, random));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, varied(inner, random)]));
}

function another(char: string, random: () => number): string {
  const kind = ['0123456789', 'abcdef', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'].find((letters) => letters.includes(char));
  return kind === undefined ? char : kind.charAt(Math.floor(random() * kind.length));
}

function uuid(random: () => number): string {
  const hex = Array.from({ length: 32 }, () => Math.floor(random() * 16).toString(16)).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** The same numbers in each run (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function silent(cwd: string): Surroundings {
  const nowhere = { colors: pc.createColors(false), interactive: false, width: 100, write: async () => undefined };
  return {
    out: nowhere,
    err: nowhere,
    stdin: Readable.from([]),
    cwd,
    now: () => new Date(),
    stop: new AbortController().signal,
  };
}
