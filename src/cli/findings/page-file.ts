import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, isAbsolute, relative, resolve } from 'node:path';
import type { DetectOutcome } from './detect-files.ts';
import type { Case } from './casebook/casebook.ts';
import { UsageError } from '../shell/exit.ts';
import { reasonOf } from '../shell/write-error.ts';
import { renderPage } from './page/page.ts';
import type { DetectOptions } from '../shell/options.ts';
import type { Surroundings } from '../shell/terminal.ts';
import { filesLine } from './summary.ts';
import { version } from '../shell/version.ts';

export interface PageFacts {
  readonly paths: readonly string[];
  readonly options: DetectOptions & { readonly out?: string };
  readonly outcome: DetectOutcome;
  readonly found: Case;
  readonly surroundings: Surroundings;
}

/** writePage writes the findings page to a file and returns its path, as short as it can be said. */
export async function writePage(facts: PageFacts): Promise<string> {
  const { options, surroundings } = facts;
  const { cwd, now } = surroundings;
  // Colons would need quoting in shells, and Windows refuses them.
  const stamp = now().toISOString().slice(0, 19).replaceAll(':', '-');
  const path = resolve(cwd, options.out ?? `.trailwatch/findings-${stamp}.html`);
  await writeFileAt(path, pageOf(facts));
  const near = relative(cwd, path);
  return near.startsWith('..') || isAbsolute(near) ? path : near;
}

/** writeFileAt writes a file and the folders it needs. */
async function writeFileAt(path: string, text: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  } catch (cause) {
    throw new UsageError(
      `${path}: cannot be written: ${reasonOf(cause)}`,
      'Choose another place with --out FILE.',
      cause,
    );
  }
}

/** pageOf renders the findings page of a run. */
export function pageOf({ paths, options, outcome, found, surroundings }: PageFacts): string {
  const { tally, failures, ruleSet, elapsedMs, partial } = outcome;
  const { from, to } = outcome.range;
  const asked = [
    ...(from === undefined ? [] : [`from ${from}`]),
    ...(to === undefined ? [] : [`to ${to}`]),
    ...(options.level === undefined ? [] : [`level ${options.level} and above`]),
  ];
  return renderPage({
    version: version(),
    generatedAt: surroundings.now().toISOString(),
    inputs: paths,
    ...(asked.length > 0 && { range: asked.join(' ') }),
    rules: ruleSet.detections.length + ruleSet.correlations.length,
    records: { all: tally.records, matched: tally.matched, unmatched: tally.unmatched, failed: tally.failed },
    files: filesLine(outcome),
    failures: failures.kept,
    elapsedMs,
    partial,
    found,
    context: { accounts: outcome.configuration.accounts },
  });
}
