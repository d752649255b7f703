// Before a function is packaged: compile rules and configuration, bundle the function to one file, zip that file and nothing else.
const { rm, writeFile } = require('node:fs/promises');
const path = require('node:path');
const { compile } = require('./compile.cjs');

module.exports = class BundlePlugin {
  constructor(serverless) {
    this.serverless = serverless;
    const bundle = () => this.bundle();
    this.hooks = {
      'before:package:createDeploymentArtifacts': bundle,
      'before:package:function:package': bundle,
    };
  }

  async bundle() {
    const { serviceDir, service, pluginManager } = this.serverless;
    const packager = pluginManager.plugins.find((plugin) => typeof plugin.zipFiles === 'function');
    const stage = this.serverless.getProvider('aws').getStage();
    await compile(serviceDir, 'the rules', ['deploy/build/compile-rules.ts', '--stage', stage]);
    await compile(serviceDir, 'the configuration', ['deploy/build/compile-config.ts', '--stage', stage, '--warn']);
    await compile(serviceDir, 'the reports', ['deploy/build/compile-reports.ts', '--stage', stage]);

    const output = path.join(serviceDir, '.build', 'lambda');
    await rm(output, { recursive: true, force: true });
    await Promise.all(
      service.getAllFunctions().map(async (key) => {
        const lambda = service.getFunction(key);
        // `functions/x.handler` is the file functions/x.mjs in the zip, made from functions/x.ts.
        const entry = lambda.handler.slice(0, lambda.handler.lastIndexOf('.'));
        const root = path.join(output, key);
        const file = path.join(root, `${entry}.mjs`);
        const metafile = await bundleFunction(serviceDir, `${entry}.ts`, file);
        await writeFile(path.join(output, `${key}.json`), JSON.stringify(metafile));
        lambda.package = { artifact: await packager.zipFiles([file], `${key}.zip`, root) };
      }),
    );
  }
};

async function bundleFunction(serviceDir, entry, outfile) {
  const { build } = require('esbuild');
  const { metafile } = await build({
    absWorkingDir: serviceDir,
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    // The AWS SDK offers Node its CommonJS build first, which can't be shaken.
    conditions: ['module'],
    minify: true,
    // Names of functions and classes stay readable in stack traces and in metrics by error name.
    keepNames: true,
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
    banner: {
      // CommonJS dependencies call `require`, which an ES module doesn't have.
      js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
    },
  });
  return metafile;
}
