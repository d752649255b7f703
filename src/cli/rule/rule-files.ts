import { readFile, stat } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { derivedFields } from '../../detect/derived/table.ts';
import { ruleFilesOf } from '../../detect/load-rules.ts';
import { shown } from '../../text/escape.ts';
import {
  lowerRules,
  parseRuleFile,
  type LoweredRuleSet,
  type Placeholders,
  type Problem,
  type SigmaDocument,
} from '../../sigma/index.ts';
import { UsageError } from '../shell/exit.ts';
import { unreadable } from './unreadable.ts';

/** LoadedRuleFiles is all that rule files hold, with what is wrong with them. */
export interface LoadedRuleFiles {
  /** Paths as a person would write them from where the command was started. */
  readonly files: readonly string[];
  /** What could be parsed; a document may still have been refused when it was lowered. */
  readonly documents: readonly SigmaDocument[];
  readonly ruleSet: LoweredRuleSet;
  /** By path, then line. */
  readonly problems: readonly Problem[];
}

/**
 * loadRuleFiles reads rule files and folders of them.
 * @throws {UsageError} for a path that doesn't exist, and when no rule file is there: nothing was checked then.
 */
export async function loadRuleFiles(
  paths: readonly string[],
  cwd: string,
  placeholders: Placeholders = {},
): Promise<LoadedRuleFiles> {
  const files = await findRuleFiles(paths, cwd);
  if (files.length === 0)
    throw new UsageError(`${paths.map((path) => shown(path)).join(', ')}: no rule file there (.yml)`);
  const documents: SigmaDocument[] = [];
  const problems: Problem[] = [];
  for (const path of files) {
    try {
      const parsed = parseRuleFile(await readFile(resolve(cwd, path), 'utf8'), path);
      documents.push(...parsed.documents);
      problems.push(...parsed.problems);
    } catch (error) {
      problems.push(unreadableFile(path, error));
    }
  }
  const lowered = lowerRules(documents, { placeholders, derivedFields });
  return { files, documents, ruleSet: lowered.ruleSet, problems: inOrder([...problems, ...lowered.problems]) };
}

/** findRuleFiles lists the rule files of paths, each once. */
async function findRuleFiles(paths: readonly string[], cwd: string): Promise<readonly string[]> {
  const files = new Set<string>();
  for (const path of paths) {
    const full = resolve(cwd, path);
    await stat(full).catch((error: unknown) => {
      throw new UsageError(`${path}: ${unreadable(error)}`, undefined, error);
    });
    for (const file of await ruleFilesOf(full)) files.add(shortPath(file, cwd));
  }
  return [...files];
}

/** shortPath is a path as a person would write it: relative inside the working folder. */
export function shortPath(path: string, cwd: string): string {
  const short = relative(cwd, path);
  return short === '' || short.startsWith('..') ? path : short;
}

/** inOrder sorts problems by path, line and document, and drops what was said twice. */
export function inOrder(problems: readonly Problem[]): readonly Problem[] {
  const unique = new Map(problems.map((problem) => [JSON.stringify(problem), problem]));
  return [...unique.values()].toSorted((a, b) =>
    a.path === b.path ? a.line - b.line || a.document - b.document : a.path < b.path ? -1 : 1,
  );
}

function unreadableFile(path: string, error: unknown): Problem {
  return { path, line: 1, document: 1, severity: 'error', code: 'unreadable-file', message: unreadable(error) };
}
