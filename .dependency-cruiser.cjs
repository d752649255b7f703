// Who may import whom. A row a folder of src/: all that it may import of ours beside itself.
const mayImport = {
  // A finding has its rule's level, which Sigma declares.
  model: ['sigma/level.ts'],
  policy: [],
  sigma: [],
  contract: ['model'],
  ingest: ['model'],
  describe: ['model'],
  detect: ['model', 'sigma', 'policy', 'describe'],
  notify: ['model', 'contract'],
  config: ['model', 'ingest', 'notify', 'probe', 'health', 'report'],
  archive: ['model'],
  report: ['model', 'archive'],
  probe: ['model'],
  doctor: [],
  cost: [],
  health: ['model', 'notify'],
  replay: ['contract'],
  aws: ['model', 'ingest', 'detect', 'notify', 'contract', 'archive', 'report', 'doctor', 'health', 'replay'],
  runtime: ['model'],
  retry: [],
  text: [],
  time: [],
};

/** Imports inside a part run one way: a row a room, the rooms of the same part that it may import. */
const roomsMayImport = {
  detect: { derived: [], 'instance-story': [], correlation: [], 'rule-test': ['correlation', 'derived'] },
  sigma: {
    regex: [],
    parse: [],
    backends: ['regex'],
    lower: ['parse', 'regex', 'backends'],
    explain: ['backends'],
    lint: ['parse', 'backends'],
  },
  notify: {
    routing: [],
    message: [],
    render: ['message'],
    receivers: ['message', 'render'],
    'delivery/state': ['routing', 'message'],
    delivery: ['routing', 'message', 'receivers'],
    simulation: ['routing', 'message', 'receivers', 'delivery'],
  },
  archive: { coverage: [], trail: [], verification: ['trail', 'coverage'], store: [], copy: ['trail'] },
  report: {
    definition: [],
    run: ['definition'],
    duckdb: ['definition', 'run'],
    render: ['definition', 'run'],
    evidence: ['definition', 'run', 'render'],
    stage: ['definition', 'run', 'evidence'],
  },
};

/** Faces: the only files of a part that others import, as far as the part has one. */
const faces = {
  notify: ['index', 'settings', 'delivery/state/index'],
};

/** Leaves that every part may import; `model` and `sigma` stand by themselves. */
const leaves = ['text', 'time', 'retry'];

const layers = Object.entries(mayImport).map(([folder, parts]) => {
  const others = ['model', 'sigma', 'policy', ...leaves].includes(folder) ? parts : [...parts, ...leaves];
  return {
    name: `${folder}-imports-${others.length > 0 ? `only-${others.join('-')}` : 'nothing-of-ours'}`,
    severity: 'error',
    from: { path: `^src/${folder}/` },
    to: { path: '^(src|functions|deploy|tests)/', pathNot: [folder, ...others].map((name) => `^src/${name}(/|$)`) },
  };
});

const rooms = Object.entries(roomsMayImport).flatMap(([part, table]) =>
  Object.entries(table).map(([room, others]) => ({
    name: `${part}-${room}-imports-${others.length > 0 ? `only-${others.join('-')}` : 'no-other-room'}`,
    severity: 'error',
    from: { path: `^src/${part}/${room}/` },
    to: {
      path: `^src/${part}/([^/]+/|(index|settings)\\.ts$)`,
      pathNot: [room, ...others].map((name) => `^src/${part}/${name}/`),
    },
  })),
);

const faced = Object.entries(faces).map(([part, files]) => ({
  name: `${part}-is-used-by-its-face`,
  severity: 'error',
  from: { path: '^(src|functions|deploy|bin)/', pathNot: `^src/${part}/` },
  to: { path: `^src/${part}/`, pathNot: files.map((file) => `^src/${part}/${file}\\.ts$`) },
}));

// sigma could be a package of its own: it has a face, one dependency, and imports nothing of ours.
const sigmaFace = '^src/sigma/(index|match|level)\\.ts$';
const sigma = [
  {
    name: 'sigma-is-used-by-its-face',
    comment: 'src/sigma/README.md says what is public.',
    severity: 'error',
    from: { pathNot: '^(src/sigma|tests/unit/sigma|tests/fuzz/sigma)' },
    to: { path: '^src/sigma/', pathNot: sigmaFace },
  },
  {
    name: 'sigma-has-one-dependency',
    severity: 'error',
    from: { path: '^src/sigma/' },
    to: { pathNot: '^(src/sigma|node_modules/yaml)/', dependencyTypesNot: ['core'] },
  },
  {
    name: 'sigma-files-beside-its-rooms-import-no-room',
    severity: 'error',
    from: { path: '^src/sigma/[^/]+$', pathNot: sigmaFace },
    to: { path: '^src/sigma/[^/]+/' },
  },
];

module.exports = {
  forbidden: [
    ...layers,
    ...rooms,
    ...faced,
    ...sigma,
    {
      name: 'what-ships-imports-no-build-and-no-test',
      severity: 'error',
      from: { path: '^(src|functions|bin)/' },
      to: { path: '^(deploy|tests)/' },
    },
    {
      name: 'the-build-imports-no-test-and-no-handler',
      severity: 'error',
      from: { path: '^deploy/' },
      to: { path: '^(tests|functions|bin|src/cli)/' },
    },
    {
      name: 'detection-never-reaches-delivery',
      comment: 'They meet in src/contract: a finding as it travels on the bus.',
      severity: 'error',
      from: { path: '^src/(ingest|describe|sigma|detect|aws/findings-(bus|publisher))' },
      to: { path: '^src/notify/', reachable: true },
    },
    {
      name: 'detecting-functions-import-no-delivery',
      severity: 'error',
      from: { path: '^src/app/detection' },
      to: { path: '^src/notify/' },
    },
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
    {
      name: 'archives-never-reach-a-lambda',
      comment: 'Only a command reads archives and tables: their libraries would be in every bundle.',
      severity: 'error',
      from: { path: '^functions/' },
      to: { path: 'node_modules/(csv-parse|tar-stream|yauzl)/', reachable: true },
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
