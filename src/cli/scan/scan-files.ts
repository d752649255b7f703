import { createWriteStream } from 'node:fs';
import type { WriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { once } from 'node:events';
import { ruleSummary } from '../../detect/finding.ts';
import type { Finding } from '../../model/finding.ts';
import { plainJson, shown } from '../../text/escape.ts';
import { detectFiles, exitCodeOf, prepareDetection } from '../findings/detect-files.ts';
import type { DetectOutcome, Prepared } from '../findings/detect-files.ts';
import { deliverLocally } from '../findings/deliver-locally.ts';
import { UsageError } from '../shell/exit.ts';
import type { ExitCode } from '../shell/exit.ts';
import { failureLines } from '../shell/failure-list.ts';
import type { FindingWriter } from '../findings/format.ts';
import { gatherFindings } from '../findings/gather.ts';
import { findingLine } from '../findings/ndjson.ts';
import { createSarifWriter } from '../findings/sarif.ts';
import { createTableWriter } from '../findings/table.ts';
import { reasonOf } from '../shell/write-error.ts';
import { pageOf } from '../findings/page-file.ts';
import type { ScanOptions } from '../shell/options.ts';
import { filesLine, recordsLine, unknownLine } from '../findings/summary.ts';
import { createOutput } from '../shell/terminal.ts';
import type { Output, Surroundings } from '../shell/terminal.ts';
import { unreadLines } from '../findings/unread-lines.ts';
import { plural } from '../../text/amounts.ts';
import { version } from '../shell/version.ts';

interface Scan {
  readonly paths: readonly string[];
  readonly options: ScanOptions;
  readonly surroundings: Surroundings;
  readonly prepared: Prepared;
  readonly target: Output;
}

/** scanFiles prints the findings of the rules in files, each fact once, and on stderr the counts of the input. */
export async function scanFiles(
  paths: readonly string[],
  options: ScanOptions,
  surroundings: Surroundings,
): Promise<ExitCode> {
  const { err } = surroundings;
  const prepared = await prepareDetection(paths, options, surroundings);
  const { target, close } = await openTarget(options.out, surroundings);
  const writer = writers[options.format]({ paths, options, surroundings, prepared, target });

  const facts = new Set<string>();
  await target.write(writer.begin());
  const outcome = await detectFiles(prepared, options, surroundings, async (finding) => {
    // Two accounts may log one fact. A scan lists both records, since it is about records.
    const fact = `${finding.id} ${finding.event.id}`;
    if (facts.has(fact)) return;
    facts.add(fact);
    const text = writer.finding(finding);
    if (text !== '') await target.write(text);
  });
  await target.write(await writer.end(outcome));
  await close();

  await err.write(notes(outcome, facts.size));
  return exitCodeOf(outcome);
}

const writers = {
  table: ({ target }) => createTableWriter(target.colors),
  ndjson: () => ({ begin: () => '', finding: (finding) => `${plainJson(findingLine(finding))}\n`, end: () => '' }),
  sarif: ({ prepared: { ruleSet } }) =>
    createSarifWriter({ version: version(), rules: [...ruleSet.detections, ...ruleSet.correlations].map(ruleSummary) }),
  html: createPageWriter,
} satisfies Record<ScanOptions['format'], (scan: Scan) => FindingWriter>;

function createPageWriter({ paths, options, surroundings }: Scan): FindingWriter {
  const findings = gatherFindings();
  return {
    begin: () => '',
    finding(finding: Finding) {
      findings.add(finding);
      return '';
    },
    async end(outcome) {
      const found = await deliverLocally(findings, { configuration: outcome.configuration });
      return pageOf({ paths, options, outcome, found, surroundings });
    },
  };
}

function notes(outcome: DetectOutcome, findings: number): string {
  const { unknown } = outcome.input.progress;
  const lines = [
    ...[...failureLines(outcome.failures, 20), ...unreadLines(outcome.unread)].map((line) => `trailwatch: ${line}`),
    `${outcome.partial ? 'Stopped before the end. ' : ''}${plural(findings, 'finding')}; records: ${recordsLine(outcome)}${unknown > 0 ? `, ${unknownLine(unknown)}` : ''}; files: ${filesLine(outcome)}`,
  ];
  return `${lines.join('\n')}\n`;
}

async function openTarget(
  out: string | undefined,
  { cwd, out: stdout }: Surroundings,
): Promise<{ target: Output; close: () => Promise<void> }> {
  if (out === undefined) return { target: stdout, close: async () => undefined };
  const path = resolve(cwd, out);
  let stream: WriteStream;
  try {
    await mkdir(dirname(path), { recursive: true });
    stream = createWriteStream(path);
    await once(stream, 'open');
  } catch (cause) {
    throw new UsageError(`--out ${shown(out)}: cannot be written: ${reasonOf(cause)}`, undefined, cause);
  }
  const close = async (): Promise<void> => {
    stream.end();
    await once(stream, 'close');
  };
  return { target: createOutput(stream, { NO_COLOR: '1' }), close };
}
