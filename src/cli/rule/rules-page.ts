import { levels, type Level } from '../../model/level.ts';

/** ListedRule is a rule as a list shows it. */
export interface ListedRule {
  readonly title: string;
  readonly level: Level;
  readonly kind: 'detection' | 'correlation';
  readonly status: string;
  /** The folder below the rules' root. */
  readonly area: string;
  readonly path: string;
  readonly controls: readonly string[];
  /** ATT&CK techniques, for example `T1078.004`. */
  readonly techniques: readonly string[];
}

/** rulesPage writes rules/README.md: how many rules there are, and each by area, level, control and technique. */
export function rulesPage(rules: readonly ListedRule[]): string {
  const areas = [...new Set(rules.map(({ area }) => area))].toSorted();
  const controls = new Map<string, number>();
  for (const { controls: own } of rules)
    for (const control of own) controls.set(control, (controls.get(control) ?? 0) + 1);
  return [
    '# The rules',
    '',
    `${rules.length} rules in ${areas.length} areas. \`npx trailwatch rule list --format markdown > rules/README.md\` writes this page;`,
    '[docs/rules.md](../docs/rules.md) says how rules are written, and by which scale their levels are given.',
    '',
    ...table(
      ['area', ...levels.toReversed(), 'rules'],
      areas.map((area) => {
        const own = rules.filter((rule) => rule.area === area);
        const counts = levels.toReversed().map((level) => own.filter((rule) => rule.level === level).length);
        return [
          `[${area}](#${area})`,
          ...counts.map((count) => (count === 0 ? '' : String(count))),
          String(own.length),
        ];
      }),
    ),
    '',
    ...areas.flatMap((area) =>
      section(
        area,
        rules.filter((rule) => rule.area === area),
      ),
    ),
    '## Controls',
    '',
    ...table(
      ['control', 'rules'],
      [...controls].toSorted(byControl).map(([control, count]) => [control, String(count)]),
    ),
    '',
  ].join('\n');
}

function section(area: string, rules: readonly ListedRule[]): readonly string[] {
  const sorted = rules.toSorted(
    (a, b) => levels.indexOf(b.level) - levels.indexOf(a.level) || (a.title < b.title ? -1 : 1),
  );
  return [
    `## ${area}`,
    '',
    ...sorted.map(({ title, level, path, status, kind, techniques, controls }) => {
      const facts = [level, status, ...(kind === 'correlation' ? ['correlation'] : []), ...techniques, ...controls];
      return `- [${title}](${path}): ${facts.join(', ')}`;
    }),
    '',
  ];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(3, ...all.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)];
}

/** By framework, then by number: 4.2 before 4.10. */
function byControl([a]: readonly [string, number], [b]: readonly [string, number]): number {
  return a.localeCompare(b, 'en', { numeric: true });
}
