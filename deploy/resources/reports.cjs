// The saved reports in Athena's console: as named queries to read and run by hand, and as prepared statements to EXECUTE.
const { readFile } = require('node:fs/promises');
const path = require('node:path');
const { compile } = require('../build/compile.cjs');
const { hasHostLogs, hostLogParameters } = require('./archive-names.cjs');
const { stageOf } = require('./names.cjs');

const root = path.join(__dirname, '../..');
const compiled = path.join(root, '.build', 'reports.json');

/** Tables that the stack makes; a report over others is for a laptop. */
const tablesOf = (params) => ['cloudtrail', 'deliveries', 'findings', ...(hasHostLogs(params) ? ['host_auth'] : [])];

module.exports = async ({ resolveVariable }) => {
  const { prefix, params } = await stageOf(resolveVariable, hostLogParameters);
  if (params.trailBucket === '') return { Resources: {} };
  await compile(root, 'the reports', ['deploy/build/compile-reports.ts']);
  const reports = JSON.parse(await readFile(compiled, 'utf8'));
  const tables = tablesOf(params);
  const answerable = reports.filter(({ reads }) => reads.every((table) => tables.includes(table)));
  return { Resources: Object.fromEntries(answerable.flatMap((report) => resourcesOf(report, prefix))) };
};

function resourcesOf(report, prefix) {
  const { name, title, question, names, text } = report;
  const id = name.replaceAll(/(?:^|-)([a-z0-9])/g, (_match, letter) => letter.toUpperCase());
  const Description = `${title}: ${question}`;
  const workGroup = { WorkGroup: { Ref: 'QueryWorkGroup' } };
  return [
    [
      `${id}Query`,
      {
        Type: 'AWS::Athena::NamedQuery',
        Properties: {
          ...workGroup,
          Database: { Ref: 'ArchiveDatabase' },
          Name: `${prefix}-${name}`,
          Description,
          // By its first line the history of the work group knows it, as it knows the command's own.
          QueryString: `-- trailwatch report: ${name}\n-- ${title}\n-- ${question}\n-- The question marks, in order: ${names.join(', ')}\n${text}`,
        },
      },
    ],
    [
      `${id}Statement`,
      {
        Type: 'AWS::Athena::PreparedStatement',
        Properties: {
          ...workGroup,
          // Athena's names of statements have no hyphens.
          StatementName: name.replaceAll('-', '_'),
          Description,
          QueryStatement: text,
        },
      },
    ],
  ];
}
