// Who may import whom. A row a folder of src/: all that it may import of ours beside itself.
const mayImport = {
  model: [],
  sigma: [],
  contract: ['model'],
  ingest: ['model'],
  describe: ['model'],
  detect: ['model', 'sigma', 'describe'],
  notify: ['model', 'contract'],
  config: ['model', 'sigma', 'ingest', 'notify', 'probe', 'health', 'report'],
  archive: ['model'],
  report: ['model', 'sigma', 'archive'],
  probe: ['model'],
  doctor: [],
  cost: [],
  health: ['model', 'notify', 'contract'],
  replay: ['contract'],
  aws: ['model', 'sigma', 'ingest', 'detect', 'notify', 'contract', 'archive', 'report', 'doctor', 'health', 'replay'],
  runtime: ['model'],
  text: [],
  time: ['model'],
};

/** Imports inside a part run one way: a row a room, the rooms of the same part that it may import. */
const roomsMayImport = {
  archive: { trail: [], verification: ['trail'], store: [], copy: [] },
  report: {
    definition: [],
    run: ['definition'],
    duckdb: ['definition', 'run'],
    render: ['definition', 'run'],
    evidence: ['definition', 'run', 'render'],
    stage: ['definition', 'run', 'evidence'],
  },
};

/** Leaves that every part may import; `model` and `sigma` stand by themselves. */
const leaves = ['text', 'time'];

const layers = Object.entries(mayImport).map(([folder, parts]) => {
  const others = ['model', 'sigma', ...leaves].includes(folder) ? parts : [...parts, ...leaves];
  return {
    name: `${folder}-imports-${others.length > 0 ? `only-${others.join('-')}` : 'nothing-of-ours'}`,
    severity: 'error',
    from: { path: `^src/${folder}/` },
    to: { path: '^(src|functions|deploy|tests)/', pathNot: [folder, ...others].map((name) => `^src/${name}/`) },
  };
});

const rooms = Object.entries(roomsMayImport).flatMap(([part, table]) =>
  Object.entries(table).map(([room, others]) => ({
    name: `${part}-${room}-imports-${others.length > 0 ? `only-${others.join('-')}` : 'no-other-room'}`,
    severity: 'error',
    from: { path: `^src/${part}/${room}/` },
    to: { path: `^src/${part}/`, pathNot: [room, ...others].map((name) => `^src/${part}/${name}/`) },
  })),
);

module.exports = {
  forbidden: [
    ...layers,
    ...rooms,
    {
      name: 'cli-and-functions-never-import-each-other',
      severity: 'error',
      from: { path: '^(src/cli|functions)/' },
      to: { path: '^(src/cli|functions|tests)/', pathNot: '^$1/' },
    },
    {
      name: 'sdk-commands-only-in-aws-and-receivers',
      comment: 'An interface is declared where it is used; src/aws implements it.',
      severity: 'error',
      from: { path: '^(src|functions)/', pathNot: '^src/(aws|notify/receivers)/' },
      to: { path: '@aws-sdk/' },
    },
    {
      name: 'yaml-never-reaches-a-lambda',
      comment: 'Rules and configuration are compiled at build: parsing YAML costs tens of milliseconds of cold start.',
      severity: 'error',
      from: { path: '^functions/' },
      to: { path: 'node_modules/yaml/', reachable: true },
    },
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-unresolved',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^#compiled-(rules|config|reports)$' },
    },
    {
      name: 'no-dev-dependency-in-what-ships',
      severity: 'error',
      from: { path: '^(src|functions|bin)/' },
      // Packages of types alone: nothing of them is left when the code runs.
      to: { dependencyTypes: ['npm-dev'], pathNot: '^node_modules/(@types|@slack/types)/' },
    },
  ],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
};
