import { plainJson, shown } from '../../text/escape.ts';
import { exitCode, type ExitCode } from '../shell/exit.ts';
import { readConfiguration } from '../shell/read-configuration.ts';
import type { Colors, Surroundings } from '../shell/terminal.ts';
import { plural } from '../../text/amounts.ts';
import { countsOf, problemText } from './problem-text.ts';
import { duplicatesOfOurs } from './duplicates.ts';
import { inOrder, type LoadedRuleFiles } from './rule-files.ts';
import { loadWithWarnings } from './unfed/load-with-warnings.ts';

export interface CheckOptions {
  readonly config?: readonly string[];
  readonly format: 'text' | 'json';
  readonly quiet?: boolean;
}

/** checkRules is `trailwatch rule check`: everything wrong with rule files, and what of them loads. */
export async function checkRules(
  paths: readonly string[],
  options: CheckOptions,
  { out, cwd }: Surroundings,
): Promise<ExitCode> {
  const configuration = await readConfiguration(options.config, cwd);
  const read = await loadWithWarnings(paths, cwd, configuration);
  const duplicates = await duplicatesOfOurs(read, cwd, configuration.placeholders);
  const loaded = { ...read, problems: inOrder([...read.problems, ...duplicates]) };
  const report = options.format === 'json' ? checkJson(loaded) : checkText(loaded, out.colors, options.quiet === true);
  await out.write(report);
  return countsOf(loaded.problems).errors > 0 ? exitCode.checkFailed : exitCode.done;
}

/** CheckedDocument is one document of a rule file, and whether it loads. */
interface CheckedDocument {
  readonly path: string;
  readonly line: number;
  readonly document: number;
  readonly kind: string;
  readonly title: string;
  readonly id?: string;
  readonly loaded: boolean;
}

/** documentsOf lists what each file holds; a document that couldn't be parsed is known by its problem only. */
function documentsOf({ documents, problems }: LoadedRuleFiles): readonly CheckedDocument[] {
  const refused = new Map<string, CheckedDocument>();
  for (const { path, line, document, severity } of problems) {
    if (severity === 'error' && !refused.has(`${path} ${document}`))
      refused.set(`${path} ${document}`, { path, line, document, kind: 'document', title: '', loaded: false });
  }
  const parsed = documents.map(({ kind, meta, place }) => ({
    ...place,
    kind,
    title: meta.title,
    ...(meta.id === undefined ? {} : { id: meta.id }),
    loaded: !refused.has(`${place.path} ${place.document}`),
  }));
  const known = new Set(parsed.map(({ path, document }) => `${path} ${document}`));
  const unparsed = [...refused].flatMap(([key, document]) => (known.has(key) ? [] : [document]));
  return [...parsed, ...unparsed].toSorted((a, b) =>
    a.path === b.path ? a.document - b.document : a.path < b.path ? -1 : 1,
  );
}

function checkText(loaded: LoadedRuleFiles, colors: Colors, quiet: boolean): string {
  const documents = documentsOf(loaded);
  const lines = documents.map(({ path, line, kind, title, loaded: ok }) => {
    const mark = ok ? colors.green('✓ loaded ') : colors.red('✗ refused');
    return `${mark} ${shown(path)}:${line}${title === '' ? '' : `  ${shown(title)}`}${kind === 'document' ? '' : colors.dim(` (${kind})`)}\n`;
  });
  const problems = loaded.problems.map((problem) => problemText(problem, colors));
  const { errors, warnings } = countsOf(loaded.problems);
  const good = documents.filter(({ loaded: ok }) => ok).length;
  const summary =
    `${plural(loaded.files.length, 'file')}, ${plural(documents.length, 'document')}: ${good} loaded, ` +
    `${documents.length - good} refused; ${plural(errors, 'error')}, ${plural(warnings, 'warning')}\n`;
  const listed = quiet ? [] : [...lines, ...(problems.length > 0 ? ['\n'] : [])];
  return [...listed, ...problems, ...(problems.length > 0 || !quiet ? ['\n'] : []), summary].join('');
}

function checkJson(loaded: LoadedRuleFiles): string {
  const documents = documentsOf(loaded);
  const good = documents.filter(({ loaded: ok }) => ok).length;
  const summary = {
    files: loaded.files.length,
    documents: documents.length,
    loaded: good,
    refused: documents.length - good,
    ...countsOf(loaded.problems),
  };
  return `${plainJson({ summary, documents, problems: loaded.problems }, 2)}\n`;
}
