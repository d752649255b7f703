import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { manifestOf } from './manifest.ts';
import type { ManifestEntry } from './manifest.ts';
import { csvPieces } from '../render/csv.ts';
import { jsonPieces } from '../render/json.ts';
import type { Rows } from '../run/rows.ts';
import type { ReportRun } from '../run/run-report.ts';
import type { AnswerContext } from '../run/answer-context.ts';
import { evidencePage } from './page.ts';

/** The formats of evidence; a pack has every report in all of them. */
export const evidenceForms = ['html', 'csv', 'json'] as const;
export type EvidenceForm = (typeof evidenceForms)[number];

export const manifestName = 'manifest.json';

/** piecesOf renders an answer in one format, piece by piece: it may be larger than memory. */
export function piecesOf(form: EvidenceForm, run: ReportRun<Rows>, context: AnswerContext): AsyncIterable<string> {
  switch (form) {
    case 'html':
      return page(run, context);
    case 'csv':
      return csvPieces(
        run.report.columns.map(({ name }) => name),
        run.rows,
      );
    case 'json':
      return jsonPieces(run, context);
    default:
      throw new Error(form satisfies never);
  }
}

async function* page(run: ReportRun<Rows>, context: AnswerContext): AsyncGenerator<string> {
  yield await evidencePage(run, context);
}

/** writePack writes each run in all formats to a folder and, last, the manifest with their hashes. It returns the entries of all files. */
export async function writePack(
  folder: string,
  runs: readonly ReportRun<Rows>[],
  context: AnswerContext,
  now: Date,
): Promise<readonly ManifestEntry[]> {
  const files: ManifestEntry[] = [];
  for (const run of runs) {
    for (const form of evidenceForms) {
      const path = `${run.report.name}.${form}`;
      files.push({ path, ...(await writePieces(join(folder, path), piecesOf(form, run, context))) });
    }
  }
  const manifest = manifestOf(files, `trailwatch ${context.version}`, now.toISOString());
  const written = await writePieces(join(folder, manifestName), [`${JSON.stringify(manifest, undefined, 2)}\n`]);
  return [...files, { path: manifestName, ...written }];
}

/** writePieces writes a file and creates its folder. The file gets its name only when it is complete. */
export async function writePieces(
  path: string,
  pieces: AsyncIterable<string> | Iterable<string>,
): Promise<Omit<ManifestEntry, 'path'>> {
  const hash = createHash('sha256');
  let bytes = 0;
  const part = `${path}.part`;
  await mkdir(dirname(path), { recursive: true });
  try {
    await pipeline(
      Readable.from(pieces),
      async function* (source: AsyncIterable<string>) {
        for await (const piece of source) {
          const chunk = Buffer.from(piece, 'utf8');
          bytes += chunk.length;
          hash.update(chunk);
          yield chunk;
        }
      },
      createWriteStream(part),
    );
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
  return { bytes, sha256: hash.digest('hex') };
}
