import { dirname, relative, resolve } from 'node:path';
import { isOf } from '../../model/control.ts';
import { levels, type Level } from '../../model/level.ts';
import { packRules } from '../../detect/rule-pack.ts';
import type { LoweredRuleSet, RuleMeta, SigmaDocument } from '../../sigma/index.ts';
import { plural } from '../../text/amounts.ts';
import { plainJson } from '../../text/escape.ts';
import { exitCode, type ExitCode } from '../shell/exit.ts';
import { projectPath } from '../shell/options.ts';
import { readConfiguration, refusePackErrors } from '../shell/read-configuration.ts';
import type { Surroundings } from '../shell/terminal.ts';
import { loadRuleFiles, shortPath } from './rule-files.ts';
import { rulesPage, type ListedRule } from './rules-page.ts';

export interface ListOptions {
  readonly config?: readonly string[];
  readonly format: 'table' | 'json' | 'markdown';
  readonly level?: Level;
  readonly control?: string;
  readonly technique?: string;
  readonly status?: string;
}

/** listRules is `trailwatch rule list`: rules by area, level, control and technique, as a table, JSON, or the page rules/README.md. */
export async function listRules(
  paths: readonly string[],
  options: ListOptions,
  { out, err, cwd }: Surroundings,
): Promise<ExitCode> {
  const given = paths.length === 0 ? [projectPath('rules')] : paths;
  const { placeholders, rules: pack } = await readConfiguration(options.config, cwd);
  const { documents, ruleSet } = await loadRuleFiles(given, cwd, placeholders);
  const root = resolve(cwd, given[0] ?? '.');
  const packed = packRules(ruleSet, pack, () => shortPath(root, cwd));
  if (paths.length === 0) await refusePackErrors(packed.problems, options.config, cwd);
  const before = keysOf(ruleSet);
  const after = new Map(keysOf(packed.ruleSet));
  const isOff = ({ meta }: SigmaDocument): boolean => {
    const key = meta.id ?? meta.name ?? meta.title;
    return before.some(([one]) => one === key) && !after.has(key);
  };
  const rules = documents
    .filter((document) => !isOff(document))
    .flatMap((document) => listed(document, root, cwd, after))
    .filter((rule) => isWanted(rule, options));
  const off = before.length - after.size;
  if (options.format === 'json') await out.write(`${plainJson(rules, 2)}\n`);
  else if (options.format === 'markdown') await out.write(rulesPage(rules));
  else await out.write(tableOf(rules, out.colors));
  if (options.format === 'table') {
    const without = off > 0 ? `, and ${plural(off, 'rule')} off by the configuration` : '';
    await err.write(
      `${plural(rules.length, 'rule')}${without}; --format json or markdown for all that is known of them\n`,
    );
  }
  return exitCode.done;
}

/** The rules of a set with their levels, which a configuration may have changed. */
function keysOf({
  detections,
  correlations,
}: LoweredRuleSet): readonly (readonly [key: string, level: Level | undefined])[] {
  return [...detections, ...correlations].map(({ key, meta }) => [key, meta.level]);
}

function listed(
  document: SigmaDocument,
  root: string,
  cwd: string,
  changed: ReadonlyMap<string, Level | undefined>,
): readonly ListedRule[] {
  if (document.kind === 'filter') return [];
  const { meta, place, kind } = document;
  const path = relative(root, resolve(cwd, place.path));
  return [
    {
      title: meta.title,
      level: changed.get(meta.id ?? meta.name ?? meta.title) ?? meta.level ?? 'medium',
      kind,
      status: meta.status ?? '',
      area: dirname(path),
      path,
      controls: controlsOf(meta),
      techniques: meta.tags.flatMap((tag) => /^attack\.(t\d{4}(?:\.\d{3})?)$/.exec(tag)?.[1]?.toUpperCase() ?? []),
    },
  ];
}

function controlsOf({ custom }: RuleMeta): readonly string[] {
  const controls = custom['controls'];
  return Array.isArray(controls) ? controls.map(String) : [];
}

function isWanted({ level, controls, techniques, status }: ListedRule, options: ListOptions): boolean {
  const { control, technique } = options;
  return (
    (options.level === undefined || level === options.level) &&
    (options.status === undefined || status === options.status) &&
    (control === undefined || controls.some((one) => isOf(control, one))) &&
    (technique === undefined || techniques.some((one) => one.startsWith(technique.toUpperCase())))
  );
}

function tableOf(rules: readonly ListedRule[], colors: Surroundings['out']['colors']): string {
  const areas = [...new Set(rules.map(({ area }) => area))].toSorted();
  const width = Math.max(...levels.map(({ length }) => length));
  return areas
    .map((area) => {
      const lines = rules
        .filter((rule) => rule.area === area)
        .toSorted((a, b) => levels.indexOf(b.level) - levels.indexOf(a.level) || (a.title < b.title ? -1 : 1))
        .map(({ level, title }) => `  ${level.padEnd(width)}  ${title}`);
      return `${colors.bold(area)}\n${lines.join('\n')}\n\n`;
    })
    .join('');
}
