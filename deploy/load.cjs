// Loads plugin.ts into `serverless`. Node 24 runs TypeScript; on an older Node the command runs again by the project's own Node.
const { spawnSync } = require('node:child_process');
const path = require('node:path');

if (Number.parseInt(process.versions.node, 10) >= 24) module.exports = require('./plugin.ts');
else if (process.env.RUN_AGAIN_BY_TRAILWATCH === '1') throw new Error('Node 24 is needed: `npm ci` brings it along');
else {
  const own = path.join(__dirname, '../node_modules/node/bin/node');
  const env = { ...process.env, RUN_AGAIN_BY_TRAILWATCH: '1' };
  const { status, error } = spawnSync(own, process.argv.slice(1), { stdio: 'inherit', env });
  if (error !== undefined) throw new Error(`Node 24 is needed: \`npm ci\` brings it along (${error.message})`);
  process.exit(status ?? 1);
}
