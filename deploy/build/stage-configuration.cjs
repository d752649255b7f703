// What a stage's configuration says, for the resources that depend on it.
const { readFile } = require('node:fs/promises');
const path = require('node:path');
const { compile } = require('./compile.cjs');

const serviceDir = path.resolve(__dirname, '../..');

const compiled = new Map();

/** stageConfiguration compiles config/default.yml with the stage's file laid over it, once, and gives what came of it. */
exports.stageConfiguration = function stageConfiguration(stage) {
  if (!compiled.has(stage)) compiled.set(stage, compileFor(stage));
  return compiled.get(stage);
};

async function compileFor(stage) {
  // Under a name of its own: what the functions load is compiled when they are bundled.
  const out = path.join('.build', `resources-${stage}.mjs`);
  await compile(serviceDir, 'the configuration', ['deploy/build/compile-config.ts', '--stage', stage, '--out', out]);
  const source = await readFile(path.join(serviceDir, out));
  return (await import(`data:text/javascript;base64,${source.toString('base64')}`)).default;
}
