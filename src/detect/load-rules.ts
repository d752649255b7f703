import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { wholePack, type RulePack } from '../model/rule-pack.ts';
import { lowerRules, parseRuleFile, type LoweredRuleSet, type Problem, type SigmaDocument } from '../sigma/index.ts';
import { derivedFields } from './derived/table.ts';
import { packRules, type PackProblem } from './rule-pack.ts';

export interface LoadedRules {
  readonly ruleSet: LoweredRuleSet;
  /** Everything wrong with the files, by path and line. Documents with an error are not in the set. */
  readonly problems: readonly Problem[];
  /** What of the pack is wrong. */
  readonly packProblems: readonly PackProblem[];
  /** How many rules the pack left out. */
  readonly off: number;
  /** What could be parsed; a document may still have been refused. */
  readonly documents: readonly SigmaDocument[];
  /** How many rule files were read. */
  readonly files: number;
}

export interface LoadOptions {
  /** What `%name%` in an `expand` modifier stands for. */
  readonly placeholders?: Readonly<Record<string, readonly string[]>>;
  /** Which of the rules are on, and what changes in them; all as written when absent. */
  readonly pack?: RulePack;
}

/**
 * loadRules reads rule files, and folders of them with all below, for the command line, tests and the build. A path that
 * can't be read is a problem like any other; `*.test.yml` files are tests, not rules.
 */
export async function loadRules(paths: readonly string[], options: LoadOptions = {}): Promise<LoadedRules> {
  const problems: Problem[] = [];
  /** The folder below which each file was found. */
  const files = new Map<string, string>();
  for (const path of paths) {
    try {
      for (const file of await ruleFilesOf(path)) {
        if (!files.has(file)) files.set(file, file === path ? dirname(path) : path);
      }
    } catch (error) {
      problems.push(unreadable(path, error));
    }
  }
  const documents: SigmaDocument[] = [];
  for (const file of files.keys()) {
    try {
      const parsed = parseRuleFile(await readFile(file, 'utf8'), file);
      documents.push(...parsed.documents);
      problems.push(...parsed.problems);
    } catch (error) {
      problems.push(unreadable(file, error));
    }
  }
  const lowered = lowerRules(documents, { ...options, derivedFields });
  const packed = packRules(lowered.ruleSet, options.pack ?? wholePack, (path) => files.get(path) ?? dirname(path));
  return {
    ruleSet: packed.ruleSet,
    documents,
    problems: [...problems, ...lowered.problems].sort(byPlace),
    packProblems: packed.problems,
    off: countOf(lowered.ruleSet) - countOf(packed.ruleSet),
    files: files.size,
  };
}

function countOf({ detections, correlations }: LoweredRuleSet): number {
  return detections.length + correlations.length;
}

/** ruleFilesOf lists the rule files of a path: the file itself, or those of a folder with all below, sorted by name. */
export async function ruleFilesOf(path: string): Promise<readonly string[]> {
  if (!(await stat(path)).isDirectory()) return [path];
  const files: string[] = [];
  const entries = await readdir(path, { withFileTypes: true });
  // By code unit, so that every machine reads in the same order.
  for (const { name } of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const child = join(path, name);
    const { isDirectory, isFile } = await kindOf(child);
    if (isDirectory) files.push(...(await ruleFilesOf(child)));
    else if (isFile && /\.ya?ml$/.test(name) && !/\.test\.ya?ml$/.test(name)) files.push(child);
  }
  return files;
}

/** Follows links, since rule folders are often shared by linking them; what hangs in the air is a problem of its own file. */
async function kindOf(path: string): Promise<{ readonly isDirectory: boolean; readonly isFile: boolean }> {
  const found = await stat(path).catch(() => undefined);
  return { isDirectory: found?.isDirectory() ?? false, isFile: found === undefined || found.isFile() };
}

function unreadable(path: string, error: unknown): Problem {
  const reason = error instanceof Error ? error.message : String(error);
  return {
    severity: 'error',
    code: 'unreadable-file',
    path,
    line: 1,
    document: 1,
    message: `cannot be read: ${reason}`,
  };
}

function byPlace(a: Problem, b: Problem): number {
  if (a.path !== b.path) return a.path < b.path ? -1 : 1;
  return a.line - b.line || a.document - b.document;
}
