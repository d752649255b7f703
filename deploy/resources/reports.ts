import type { Report } from '../../src/report/definition/report.ts';
import { bindSql } from '../../src/report/definition/sql-tokens.ts';
import { ref, type Intrinsic, type Part } from '../cloudformation.ts';
import { pascalCase } from '../functions/report-rules.ts';
import { hasHostLogs, type Stage } from '../stage.ts';

/** Tables that the stage makes; a report over others is for a laptop. */
const tablesOf = (stage: Stage) => [
  'cloudtrail',
  'deliveries',
  'findings',
  ...(hasHostLogs(stage) ? ['host_auth'] : []),
];

/** Where the SQL stands that several reports share. */
const mapping = 'ReportSql';

/**
 * savedQueries gives each report as a saved query of Athena's console. What several reports share stands in the template once, and
 * CloudFormation puts the whole text together.
 */
export function savedQueries(stage: Stage): Part {
  const tables = tablesOf(stage);
  const reports = stage.reports.filter(({ reads }) => reads.every((table) => tables.includes(table)));
  const bound = reports.map((report) => ({ report, ...bindSql(report.sql) }));
  const shared = sharedBlocks(bound.map(({ text }) => text));
  return {
    Mappings: { [mapping]: Object.fromEntries(shared.map(({ key, text }) => [key, { Sql: text }])) },
    Resources: Object.fromEntries(
      bound.map(({ report, text, names }) => [
        `${pascalCase(report.name)}Query`,
        {
          Type: 'AWS::Athena::NamedQuery',
          Properties: {
            WorkGroup: ref('QueryWorkGroup'),
            Database: ref('ArchiveDatabase'),
            Name: `${stage.prefix}-${report.name}`,
            Description: `${report.title}: ${report.question}`,
            QueryString: joined(`${headOf(report, names)}\n${text}`, shared),
          },
        },
      ]),
    ),
  };
}

/** The first line names the report, by which the history of the work group finds it, as it finds the command's own queries. */
function headOf({ name, title, question }: Report, names: readonly string[]): string {
  return [
    `-- trailwatch report: ${name}`,
    `-- ${title}`,
    `-- ${question}`,
    `-- The question marks, in order: ${names.join(', ')}`,
  ].join('\n');
}

interface Block {
  readonly key: string;
  readonly text: string;
}

/** The WITH queries that more than one report has, word for word. */
function sharedBlocks(texts: readonly string[]): readonly Block[] {
  const counts = new Map<string, { readonly name: string; readonly count: number }>();
  for (const text of texts) {
    for (const [, name = '', block = ''] of text.matchAll(/^(?:WITH )?(\w+) AS \(\n((?: .*\n|\n)+)\)/gm)) {
      counts.set(block, { name, count: (counts.get(block)?.count ?? 0) + 1 });
    }
  }
  return [...counts]
    .filter(([, { count }]) => count > 1)
    .map(([text, { name }], index, all) => ({
      // A number distinguishes two texts of one name.
      key: `${pascalCase(name)}${all.findIndex(([, other]) => other.name === name) === index ? '' : index}`,
      text,
    }));
}

/** joined writes a text with references in place of the shared blocks. */
function joined(text: string, blocks: readonly Block[]): string | Intrinsic {
  const parts = blocks.reduce<readonly (string | Intrinsic)[]>(
    (before, block) =>
      before.flatMap((part) =>
        typeof part === 'string'
          ? part
              .split(block.text)
              .flatMap((piece, index): (string | Intrinsic)[] => [
                ...(index === 0 ? [] : [{ 'Fn::FindInMap': [mapping, block.key, 'Sql'] } as const]),
                ...(piece === '' ? [] : [piece]),
              ])
          : [part],
      ),
    [text],
  );
  return parts.length === 1 ? text : { 'Fn::Join': ['', parts] };
}
